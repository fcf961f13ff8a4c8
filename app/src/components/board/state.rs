//! What the board knows: tickets by order, right up to an event, whatever the order in which news arrives.

use crate::domain::{
    board::{Board, BoardUpdate, MOST_DONE, Ticket},
    id::OrderId,
    order::OrderStatus,
};
use std::collections::BTreeMap;

/// Where a ticket hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Waiting for an answer.
    New,
    /// Being cooked, and what is promised for later.
    Preparing,
    /// Waiting to leave, and on its way.
    Ready,
    /// Over.
    Done,
}

impl Column {
    /// All of them, from left to right.
    pub const ALL: [Self; 4] = [Self::New, Self::Preparing, Self::Ready, Self::Done];

    /// The column of a state.
    pub const fn of(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Placed => Self::New,
            OrderStatus::Accepted | OrderStatus::InPreparation => Self::Preparing,
            OrderStatus::Ready | OrderStatus::OutForDelivery => Self::Ready,
            OrderStatus::Completed | OrderStatus::Rejected | OrderStatus::Cancelled => Self::Done,
        }
    }

    /// Its heading.
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

    /// What it says when nothing hangs there.
    pub const fn emptiness(self) -> &'static str {
        match self {
            Self::New => "No new orders. They appear here, with a sound.",
            Self::Preparing => "Nothing is being prepared.",
            Self::Ready => "Nothing is waiting to leave.",
            Self::Done => "Nothing is done yet.",
        }
    }
}

/// What a piece of news did to the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The board is right up to this event.
    Changed,
    /// The board had it already.
    Known,
    /// Events before it are missing: the whole board must be read again.
    Gap,
}

/// The board as it is kept in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardState {
    /// Position in the event log up to which everything is known.
    pub seq: i64,
    /// Whether new orders are stopped, in words.
    pub paused: Option<String>,
    tickets: BTreeMap<OrderId, Ticket>,
}

impl BoardState {
    /// The board as the server read it.
    pub fn new(board: &Board) -> Self {
        let tickets = board.tickets.iter().map(|ticket| (ticket.id, ticket.clone())).collect();
        Self { seq: board.seq, paused: board.paused.clone(), tickets }
    }

    /// Takes over a board that was read as a whole. What is known from later news stays.
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

    /// Takes in one message of the live stream. The position moves on only without a gap, so that a reconnect asks for
    /// what is missing.
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

    /// Takes in a ticket, such as the answer to a move; answers whether it was news.
    pub fn put(&mut self, ticket: Ticket) -> bool {
        let news = self.tickets.get(&ticket.id).is_none_or(|known| ticket.version > known.version);
        if news {
            self.tickets.insert(ticket.id, ticket);
            self.take_down_the_oldest();
        }
        news
    }

    /// A screen stays open for a whole shift: what is done leaves it when enough was done after it.
    fn take_down_the_oldest(&mut self) {
        if self.count(Column::Done) > MOST_DONE.into() {
            for ticket in self.column(Column::Done).into_iter().skip(MOST_DONE.into()) {
                self.tickets.remove(&ticket.id);
            }
        }
    }

    /// One order's ticket.
    pub fn ticket(&self, order: OrderId) -> Option<&Ticket> {
        self.tickets.get(&order)
    }

    /// The tickets of a column: oldest first where somebody waits, most pressing first where somebody works, latest first
    /// where all is done.
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

    /// How many tickets hang in a column.
    pub fn count(&self, column: Column) -> usize {
        self.tickets.values().filter(|ticket| Column::of(ticket.status) == column).count()
    }

    /// New orders that nobody has looked at yet.
    pub fn unheard(&self) -> Vec<OrderId> {
        let waiting = |ticket: &&Ticket| ticket.status == OrderStatus::Placed && !ticket.acknowledged;
        self.tickets.values().filter(waiting).map(|ticket| ticket.id).collect()
    }

    /// How much of each dish is still to be cooked, most first.
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
