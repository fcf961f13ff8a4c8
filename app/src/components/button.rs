//! Classes of buttons and chips.

/// The primary action of a page.
pub const PRIMARY_CLASS: &str = "inline-flex min-h-11 items-center justify-center gap-2 rounded-control bg-brand px-4 font-semibold text-on-brand transition-colors hover:bg-brand-strong disabled:opacity-60";
/// The primary action, as wide as its container.
pub const MAIN_CLASS: &str = "flex min-h-12 w-full items-center justify-center gap-2 rounded-control bg-brand px-5 text-center font-semibold text-on-brand transition-colors hover:bg-brand-strong disabled:opacity-60";
/// Secondary actions.
pub const QUIET_CLASS: &str = "inline-flex min-h-11 items-center justify-center gap-2 rounded-control border border-edge bg-card px-4 font-medium transition-colors hover:bg-brand-tint";
/// A link-like button inside text or a row.
pub const LINK_CLASS: &str =
    "inline-flex min-h-11 items-center gap-1 font-medium text-brand underline hover:text-brand-strong";
/// A round button with an icon.
pub const ROUND_CLASS: &str = "inline-flex size-11 shrink-0 items-center justify-center rounded-full border border-edge bg-card text-brand transition-colors hover:bg-brand-tint disabled:opacity-60";
/// A label in the form of a pill, around a hidden checkbox or radio button.
pub const CHIP_CLASS: &str = "relative inline-flex min-h-11 cursor-pointer items-center gap-2 rounded-full border border-edge bg-card px-4 text-sm font-medium whitespace-nowrap transition-colors hover:bg-brand-tint has-checked:border-brand has-checked:bg-brand-tint has-checked:text-brand has-[:focus-visible]:ring-2 has-[:focus-visible]:ring-brand";
