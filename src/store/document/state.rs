//! A document's state with its data, as it is stored.

use serde::{Deserialize, Serialize};

use super::to_json;
use crate::approval::state::{ApprovedBy, Reversal, ReversalStage, State};

/// A state with its data, as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum StateJson {
    Received,
    Unreadable { code: String, message: String },
    Checking,
    NeedsReview,
    AwaitingApproval,
    Approved { by: String },
    PostingBlocked { by: String, message: String },
    Posted { external_id: String, reference: String },
    Rejected { by: String, reason: String },
    Returned { by: String, reason: String },
    Withdrawn { by: String },
    Held { code: String, message: String },
    Reversal { external_id: String, reference: String, asked_by: String, reason: String, stage: StageJson },
}

/// How far a reversal came, as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum StageJson {
    Asked,
    Agreed { by: String },
    Blocked { by: String, message: String },
    Done { by: String },
}

/// What is stored instead of a person where the policy approved.
const BY_RULE: &str = "rule";

pub(super) fn state_to_json(state: &State) -> String {
    let approver = |by: ApprovedBy| match by {
        ApprovedBy::Rule => BY_RULE.to_owned(),
        ApprovedBy::Person(person) => person.to_string(),
    };
    let json = match state.clone() {
        State::Received => StateJson::Received,
        State::Unreadable { code, message } => StateJson::Unreadable { code, message },
        State::Checking => StateJson::Checking,
        State::NeedsReview => StateJson::NeedsReview,
        State::AwaitingApproval => StateJson::AwaitingApproval,
        State::Approved { by } => StateJson::Approved { by: approver(by) },
        State::PostingBlocked { by, message } => StateJson::PostingBlocked { by: approver(by), message },
        State::Posted { external_id, reference } => StateJson::Posted { external_id, reference },
        State::Rejected { by, reason } => {
            let by = by.map_or_else(|| BY_RULE.to_owned(), |by| by.to_string());
            StateJson::Rejected { by, reason }
        }
        State::Returned { by, reason } => StateJson::Returned { by: by.to_string(), reason },
        State::Withdrawn { by } => StateJson::Withdrawn { by: by.to_string() },
        State::Held { code, message } => StateJson::Held { code, message },
        State::Reversal(Reversal { external_id, reference, asked_by, reason, stage }) => StateJson::Reversal {
            external_id,
            reference,
            asked_by: asked_by.to_string(),
            reason,
            stage: match stage {
                ReversalStage::Asked => StageJson::Asked,
                ReversalStage::Agreed { by } => StageJson::Agreed { by: by.to_string() },
                ReversalStage::Blocked { by, message } => StageJson::Blocked { by: by.to_string(), message },
                ReversalStage::Done { by } => StageJson::Done { by: by.to_string() },
            },
        },
    };
    to_json(&json)
}

pub(super) fn state_from_json(json: &str) -> Option<State> {
    let approver = |by: &str| {
        if by == BY_RULE { Some(ApprovedBy::Rule) } else { by.parse().ok().map(ApprovedBy::Person) }
    };
    Some(match serde_json::from_str(json).ok()? {
        StateJson::Received => State::Received,
        StateJson::Unreadable { code, message } => State::Unreadable { code, message },
        StateJson::Checking => State::Checking,
        StateJson::NeedsReview => State::NeedsReview,
        StateJson::AwaitingApproval => State::AwaitingApproval,
        StateJson::Approved { by } => State::Approved { by: approver(&by)? },
        StateJson::PostingBlocked { by, message } => State::PostingBlocked { by: approver(&by)?, message },
        StateJson::Posted { external_id, reference } => State::Posted { external_id, reference },
        StateJson::Rejected { by, reason } if by == BY_RULE => State::Rejected { by: None, reason },
        StateJson::Rejected { by, reason } => State::Rejected { by: Some(by.parse().ok()?), reason },
        StateJson::Returned { by, reason } => State::Returned { by: by.parse().ok()?, reason },
        StateJson::Withdrawn { by } => State::Withdrawn { by: by.parse().ok()? },
        StateJson::Held { code, message } => State::Held { code, message },
        StateJson::Reversal { external_id, reference, asked_by, reason, stage } => State::Reversal(Reversal {
            external_id,
            reference,
            asked_by: asked_by.parse().ok()?,
            reason,
            stage: match stage {
                StageJson::Asked => ReversalStage::Asked,
                StageJson::Agreed { by } => ReversalStage::Agreed { by: by.parse().ok()? },
                StageJson::Blocked { by, message } => ReversalStage::Blocked { by: by.parse().ok()?, message },
                StageJson::Done { by } => ReversalStage::Done { by: by.parse().ok()? },
            },
        }),
    })
}
