//! What commands print. `println!`, `print!` and `eprintln!` of the standard library panic when nobody reads any more (`yuti openapi | head`);
//! within the command line these names are the ones below, which remember it instead. A command does its work to the end, prints nothing
//! further, and the process ends as one that the closed pipe had ended.

use std::fmt::Arguments;
use std::io::{Error, ErrorKind, Write};
use std::sync::OnceLock;

use super::{Exit, Refusal};

/// Why standard output takes nothing any more.
static CLOSED: OnceLock<Error> = OnceLock::new();

macro_rules! print {
    ($($words:tt)*) => { $crate::cli::say::out(format_args!($($words)*)) };
}

macro_rules! println {
    () => { $crate::cli::say::out(format_args!("\n")) };
    ($($words:tt)*) => { $crate::cli::say::out(format_args!("{}\n", format_args!($($words)*))) };
}

macro_rules! eprintln {
    ($($words:tt)*) => { $crate::cli::say::aside(format_args!($($words)*)) };
}

/// Prints on standard output, unless that was closed.
pub(super) fn out(words: Arguments<'_>) {
    if is_closed() {
        return;
    }
    if let Err(cause) = std::io::stdout().write_fmt(words) {
        // The first cause is the one that is told.
        let _ = CLOSED.set(cause);
    }
}

/// Prints a line on standard error. Where nobody reads that, there is nobody to be told.
pub(super) fn aside(words: Arguments<'_>) {
    let _ = std::io::stderr().write_fmt(format_args!("{words}\n"));
}

/// Whether nobody reads standard output any more: a long list need not be read to its end.
pub(super) fn is_closed() -> bool {
    CLOSED.get().is_some()
}

/// What a command that did its work is to end with, where not all that it printed was taken.
pub(super) fn finish() -> Result<(), Refusal> {
    if let Err(cause) = std::io::stdout().flush() {
        let _ = CLOSED.set(cause);
    }
    match CLOSED.get() {
        None => Ok(()),
        Some(cause) if cause.kind() == ErrorKind::BrokenPipe => {
            Err(Refusal::new(Exit::OutputClosed, String::new()))
        }
        Some(cause) => {
            Err(Refusal::new(Exit::CannotCreate, format!("standard output cannot be written: {cause}")))
        }
    }
}
