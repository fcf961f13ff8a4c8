//! State of the board: tickets by order, current up to an event position, for updates in any sequence.

use crate::domain::{
    board::{Board, BoardUpdate, MOST_DONE, Ticket},
    id::OrderId,
    order::OrderStatus,
};
use std::collections::BTreeMap;

/// The columns of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// New orders, not accepted or rejected.
    New,
    /// In preparation, and accepted for later.
    Preparing,
    /// Ready, and out for delivery.
    Ready,
    Done,
}

impl Column {
    /// All columns, from left to right.
    pub const ALL: [Self; 4] = [Self::New, Self::Preparing, Self::Ready, Self::Done];

    pub const fn of(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Placed => Self::New,
            OrderStatus::Accepted | OrderStatus::InPreparation => Self::Preparing,
            OrderStatus::Ready | OrderStatus::OutForDelivery => Self::Ready,
            OrderStatus::Completed | OrderStatus::Rejected | OrderStatus::Cancelled => Self::Done,
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Preparing => "Preparing",
            Self::Ready => "Ready",
            Self::Done => "Done",
        }
    }

    /// Its anchor.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Preparing => "preparing",
            Self::Ready => "ready",
            Self::Done => "done",
        }
    }

    /// The text of the empty column.
    pub const fn emptiness(self) -> &'static str {
        match self {
            Self::New => "No new orders. They appear here, with a sound.",
            Self::Preparing => "Nothing is being prepared.",
            Self::Ready => "Nothing is waiting to leave.",
            Self::Done => "Nothing is done yet.",
        }
    }
}

/// Result of applying an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Applied: the board is current up to its event.
    Changed,
    /// The update is not newer than the board.
    Known,
    /// Events before it are missing: the whole board must be read.
    Gap,
}

/// The board's data in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardState {
    /// Position in the event log up to which the board is complete.
    pub seq: i64,
    /// The text of the current pause; none when orders are taken.
    pub paused: Option<String>,
    tickets: BTreeMap<OrderId, Ticket>,
}

impl BoardState {
    /// The board as the server read it.
    pub fn new(board: &Board) -> Self {
        let tickets = board.tickets.iter().map(|ticket| (ticket.id, ticket.clone())).collect();
        Self { seq: board.seq, paused: board.paused.clone(), tickets }
    }

    /// Replaces the board by one read from the server. Tickets known from later updates stay.
    pub fn replace(&mut self, board: &Board) {
        let mut read = Self::new(board);
        for (id, ours) in std::mem::take(&mut self.tickets) {
            let newer = match read.tickets.get(&id) {
                Some(theirs) => ours.version > theirs.version,
                None => self.seq > board.seq,
            };
            if newer {
                read.tickets.insert(id, ours);
            }
        }
        read.seq = read.seq.max(self.seq);
        read.take_down_the_oldest();
        *self = read;
    }

    /// Applies an update of the live stream. The position advances only without a gap, so that a reconnect asks for
    /// the missing events.
    pub fn apply(&mut self, update: BoardUpdate) -> Applied {
        let gap = update.seq > self.seq.saturating_add(1);
        let changed = self.put(update.ticket);
        if gap {
            return Applied::Gap;
        }
        if update.seq > self.seq {
            self.seq = update.seq;
            return Applied::Changed;
        }
        if changed { Applied::Changed } else { Applied::Known }
    }

    /// Stores a ticket, such as the response to a transition, if it is newer. Returns whether it was.
    pub fn put(&mut self, ticket: Ticket) -> bool {
        let news = self.tickets.get(&ticket.id).is_none_or(|known| ticket.version > known.version);
        if news {
            self.tickets.insert(ticket.id, ticket);
            self.take_down_the_oldest();
        }
        news
    }

    /// Drops the oldest finished tickets: a screen stays open for a whole shift.
    fn take_down_the_oldest(&mut self) {
        if self.count(Column::Done) > MOST_DONE.into() {
            for ticket in self.column(Column::Done).into_iter().skip(MOST_DONE.into()) {
                self.tickets.remove(&ticket.id);
            }
        }
    }

    pub fn ticket(&self, order: OrderId) -> Option<&Ticket> {
        self.tickets.get(&order)
    }

    /// The tickets of a column: new orders oldest first, orders in progress by due time, finished ones latest
    /// first.
    pub fn column(&self, column: Column) -> Vec<Ticket> {
        let mut tickets: Vec<_> =
            self.tickets.values().filter(|ticket| Column::of(ticket.status) == column).cloned().collect();
        match column {
            Column::New => tickets.sort_by_key(|ticket| (ticket.placed.at, ticket.number)),
            Column::Preparing | Column::Ready => tickets.sort_by_key(|ticket| (ticket.due.at, ticket.number)),
            Column::Done => tickets.sort_by_key(|ticket| std::cmp::Reverse((ticket.moved_at, ticket.number))),
        }
        tickets
    }

    pub fn count(&self, column: Column) -> usize {
        self.tickets.values().filter(|ticket| Column::of(ticket.status) == column).count()
    }

    pub fn unacknowledged(&self) -> Vec<OrderId> {
        let waiting = |ticket: &&Ticket| ticket.status == OrderStatus::Placed && !ticket.acknowledged;
        self.tickets.values().filter(waiting).map(|ticket| ticket.id).collect()
    }

    /// The quantity of each item over all open tickets, largest first.
    pub fn all_day(&self) -> Vec<(String, u32)> {
        let mut counts = BTreeMap::<String, u32>::new();
        let open = |ticket: &&Ticket| matches!(Column::of(ticket.status), Column::New | Column::Preparing);
        for line in self.tickets.values().filter(open).flat_map(|ticket| &ticket.lines) {
            let name = if line.kitchen_name.is_empty() { &line.name } else { &line.kitchen_name };
            let dish =
                if line.variant_name.is_empty() { name.clone() } else { format!("{name}, {}", line.variant_name) };
            let count = counts.entry(dish).or_default();
            *count = count.saturating_add(line.quantity);
        }
        let mut dishes: Vec<_> = counts.into_iter().collect();
        dishes.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        dishes
    }
}

#[cfg(test)]
mod tests;
