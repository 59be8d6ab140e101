//! In place of `computers.rs` for modules that take no options: all computers are included. Nothing
//! here has a size or code, because these modules must be small.

/// No patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnlyComputers {}

impl OnlyComputers {
    /// Fails.
    ///
    /// # Errors
    /// Always, because the option does not exist.
    pub fn new(_: &[&str]) -> Result<Self, String> {
        Err("this module has none".to_owned())
    }

    /// Whether the records of a computer may be dropped: always.
    pub fn includes<'n>(&self, _: impl FnOnce() -> &'n str) -> Included {
        Included {}
    }
}

/// Whether all computers of a record are included: always.
#[derive(Clone, Copy, Default)]
pub struct Included {}

impl Included {
    /// Adds the answer about another computer.
    pub fn add(&mut self, _: Self) {}

    /// The answer.
    pub fn holds(self) -> bool {
        true
    }
}
