//! A reversal that two people agreed to.

use vouch::{
    approval::state::{Event, ReversalEvent},
    model::id::{DocumentId, PersonId},
    pipeline::transition::{Move, transition},
};

use crate::house::House;

impl House {
    /// Asked for by one person and agreed to by another.
    pub(crate) async fn reversal_agreed(&self, id: DocumentId) {
        let (by, other) = (self.person.id, PersonId::from_u128(2));
        for event in [ReversalEvent::Asked { by, reason: "paid twice".to_owned() }, ReversalEvent::Agreed { by: other }]
        {
            let step = Move::by_system(id, "test", Event::Reversal(event));
            transition(&self.context, step).await.expect("it is possible");
        }
    }
}
