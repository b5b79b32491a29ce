//! Every state and every event, and laws over random lives.

use proptest::prelude::*;

use super::*;

const CORRECTOR: PersonId = PersonId::from_u128(2);
const APPROVER: PersonId = PersonId::from_u128(3);

fn states() -> Vec<State> {
    let by = ApprovedBy::Person(APPROVER);
    vec![
        State::Received,
        State::Unreadable { code: "damaged_image".to_owned(), message: "…".to_owned() },
        State::Checking,
        State::NeedsReview,
        State::AwaitingApproval,
        State::Approved { by },
        State::PostingBlocked { by, message: "…".to_owned() },
        State::Posted { external_id: "42".to_owned(), reference: "VCH-1".to_owned() },
        reversal(ReversalStage::Asked),
        reversal(ReversalStage::Agreed { by: APPROVER }),
        reversal(ReversalStage::Blocked { by: APPROVER, message: "…".to_owned() }),
        reversal(ReversalStage::Done { by: APPROVER }),
        State::Rejected { by: Some(APPROVER), reason: "…".to_owned() },
        State::Returned { by: APPROVER, reason: "…".to_owned() },
        State::Withdrawn { by: CORRECTOR },
        State::Held { code: "amount".to_owned(), message: "…".to_owned() },
    ]
}

fn reversal(stage: ReversalStage) -> State {
    let (external_id, reference) = ("42".to_owned(), "VCH-1".to_owned());
    State::Reversal(Reversal { external_id, reference, asked_by: CORRECTOR, reason: "…".to_owned(), stage })
}

fn events() -> Vec<(&'static str, Event)> {
    let text = || "…".to_owned();
    let decided = |standing| Event::Decided { decision: Decision::Approved, standing };
    vec![
        ("", Event::ReadSucceeded),
        ("", Event::ReadFailed { code: text(), message: text() }),
        (" by rule", Event::Checked { verdict: Verdict::ApprovedByRule }),
        (" to approval", Event::Checked { verdict: Verdict::Sent(Standing::Waiting) }),
        (" to review", Event::Checked { verdict: Verdict::NeedsReview }),
        ("", Event::Corrected { by: CORRECTOR }),
        ("", Event::Kept { by: CORRECTOR }),
        ("", Event::Submitted { by: CORRECTOR, blocked: false, standing: Standing::Waiting }),
        (" though blocked", Event::Submitted { by: CORRECTOR, blocked: true, standing: Standing::Waiting }),
        (" waiting", decided(Standing::Waiting)),
        (" approved", decided(Standing::Approved(ApprovedBy::Person(APPROVER)))),
        (" rejected", decided(Standing::Rejected { by: None, reason: text() })),
        (" returned", decided(Standing::Returned { by: APPROVER, reason: text() })),
        (" withdrawn", decided(Standing::Withdrawn { by: CORRECTOR })),
        (" held", decided(Standing::Held { code: text(), message: text() })),
        ("", Event::Rejected { by: APPROVER, reason: text() }),
        (" without reason", Event::Rejected { by: APPROVER, reason: " ".to_owned() }),
        ("", Event::ReadAgain { by: CORRECTOR }),
        ("", Event::Joined { by: CORRECTOR }),
        ("", Event::Restarted { by: CORRECTOR }),
        ("", Event::Posted { external_id: text(), reference: text() }),
        ("", Event::PostingBlocked { message: text() }),
        ("", Event::PostingRetried { by: CORRECTOR }),
        ("", Event::Reversal(ReversalEvent::Asked { by: CORRECTOR, reason: text() })),
        (" without reason", Event::Reversal(ReversalEvent::Asked { by: CORRECTOR, reason: String::new() })),
        ("", Event::Reversal(ReversalEvent::Agreed { by: APPROVER })),
        (" by the one who asked", Event::Reversal(ReversalEvent::Agreed { by: CORRECTOR })),
        ("", Event::Reversal(ReversalEvent::Refused { by: APPROVER, reason: text() })),
        (" without reason", Event::Reversal(ReversalEvent::Refused { by: APPROVER, reason: " ".to_owned() })),
        (" by the one who asked", Event::Reversal(ReversalEvent::Refused { by: CORRECTOR, reason: text() })),
        ("", Event::Reversal(ReversalEvent::Withdrawn { by: CORRECTOR })),
        (" by another", Event::Reversal(ReversalEvent::Withdrawn { by: APPROVER })),
        ("", Event::Reversal(ReversalEvent::Done)),
        ("", Event::Reversal(ReversalEvent::Blocked { message: text() })),
        ("", Event::Reversal(ReversalEvent::Retried { by: CORRECTOR })),
    ]
}

#[test]
fn every_state_and_every_event() {
    let mut table = String::new();
    for state in states() {
        for (note, event) in events() {
            let outcome = match state.clone().apply(event.clone()) {
                Ok((next, effects)) => format!("{} {effects:?}", next.name()),
                Err(TransitionError::NotAllowed { .. }) => "-".to_owned(),
                Err(error) => format!("refused: {error}"),
            };
            table.push_str(&format!("{:17} {:32} {outcome}\n", state.name(), format!("{}{note}", event.name())));
        }
    }
    insta::assert_snapshot!("every_state_and_every_event", table);
}

#[test]
fn names_are_all_there() {
    let names: Vec<_> = states().iter().map(State::name).collect();
    assert_eq!(names, State::NAMES);
}

proptest! {
    /// Whatever happens in whatever order: a rejected document never posts, a posted one moves only when somebody asks for
    /// its reversal, nothing is posted that was not approved before, and nothing is reversed that two did not agree to.
    #[test]
    fn lives_keep_the_laws(steps in proptest::collection::vec(0_usize..100, 0..90)) {
        let events = events();
        let mut state = State::Received;
        let mut approved = false;
        for step in steps {
            let (_, event) = events[step % events.len()].clone();
            let before = state.clone();
            let Ok((next, effects)) = state.clone().apply(event.clone()) else { continue };
            let was_rejected = matches!(before, State::Rejected { .. });
            prop_assert!(!was_rejected);
            let is_asked = matches!(next, State::Reversal(Reversal { stage: ReversalStage::Asked, .. }));
            let was_posted = matches!(before, State::Posted { .. });
            prop_assert!(!was_posted || is_asked);
            if let State::Reversal(Reversal { asked_by, stage: ReversalStage::Agreed { by } | ReversalStage::Done { by }, .. })
                = &next
            {
                prop_assert_ne!(asked_by, by);
            }
            match &next {
                State::Approved { .. } => approved = true,
                State::Posted { .. } => prop_assert!(approved),
                State::Received
                | State::Checking
                | State::NeedsReview
                | State::AwaitingApproval
                | State::Returned { .. }
                | State::Withdrawn { .. }
                | State::Held { .. } => approved = false,
                State::Reversal(_) => prop_assert!(approved),
                State::Unreadable { .. } | State::PostingBlocked { .. } | State::Rejected { .. } => {}
            }
            let posts = effects.contains(&Effect::Post);
            let now_approved = matches!(next, State::Approved { .. });
            prop_assert_eq!(posts, now_approved);
            let reverses = effects.contains(&Effect::Reverse);
            prop_assert_eq!(reverses, matches!(&next, State::Reversal(reversal) if reversal.is_moving()));
            state = next;
        }
    }
}
