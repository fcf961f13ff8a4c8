//! Statuses of orders as staff read them.

use crate::domain::order::{OrderStatus, PaymentStatus, Verb};

impl OrderStatus {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Placed => "New",
            Self::Accepted => "Accepted",
            Self::InPreparation => "Preparing",
            Self::Ready => "Ready",
            Self::OutForDelivery => "On its way",
            Self::Completed => "Completed",
            Self::Rejected => "Rejected",
            Self::Cancelled => "Cancelled",
        }
    }
}

impl PaymentStatus {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Due => "Not paid yet",
            Self::Collected => "Paid",
            Self::Void => "Nothing to pay",
        }
    }
}

impl Verb {
    /// The event in words.
    pub const fn past(self) -> &'static str {
        match self {
            Self::Accept => "Accepted",
            Self::Reject => "Rejected",
            Self::Start => "Preparation started",
            Self::Finish => "Ready",
            Self::SendOut => "Sent out",
            Self::HandOver => "Handed over",
            Self::Cancel => "Cancelled",
            Self::Postpone => "New time promised",
            Self::Undo => "Last step undone",
        }
    }
}
