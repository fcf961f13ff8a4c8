//! Components without state, used by pages and islands.

pub mod bill;
pub mod board;
pub mod button;
pub mod card;
pub mod cart;
pub mod dish;
pub mod editor;
pub mod field;
pub mod icon;
pub mod key;
pub mod layout;
pub mod mode;
pub mod on_duty;
pub mod options;
pub mod password_field;
pub mod pin_field;
pub mod problem;
pub mod role_choice;
pub mod select;
pub mod settings_choices;
pub mod stepper;
pub mod steps;
pub mod team_notice;
pub mod ticket;
pub mod when;
pub mod zone_map;
