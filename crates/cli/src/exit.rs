//! How a command ends: the documented exit codes, and a failure with its stable code.
//!
//! `1` against `3` is the distinction that matters: a definite no is not the same as not being able
//! to tell.

use std::fmt;

/// The longest message of a failure, in characters.
const LONGEST: usize = 400;

/// The process exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Yes: valid, allowed, done.
    Yes,
    /// A definite no: invalid, revoked, not allowed by the papers.
    No,
    /// The command was used wrongly, or an input file could not be used.
    Usage,
    /// Cannot tell: evidence is missing, stale or unreachable.
    CannotTell,
    /// The registry did not allow it: no token, a wrong one, or too narrow a scope.
    NotAllowed,
    /// The registry or the network failed.
    Network,
    /// The configuration is refused.
    Configuration,
    /// Interrupted from the keyboard.
    Interrupted,
}

impl Exit {
    /// The number that the process ends with.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::CannotTell => 3,
            Self::NotAllowed => 4,
            Self::Network => 5,
            Self::Configuration => 78,
            Self::Interrupted => 130,
        }
    }
}

/// A command that did not do what it was asked: exit code, stable code, one sentence, and what to
/// try.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    code: String,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// A failure with its code and message.
    ///
    /// The message is kept to one line of bounded length: what is wrong with an input may quote it.
    pub fn new(exit: Exit, code: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        let line = message.lines().next().unwrap_or_default();
        let mut short: String = line.chars().take(LONGEST).collect();
        if short.len() < line.len() {
            short.push('…');
        }
        Self {
            exit,
            code: code.into(),
            message: short,
            help: None,
        }
    }

    /// A wrong use of the command, or an input that cannot be read (`usage.*`, exit 2).
    pub fn usage(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, code, message)
    }

    /// Adds what the person can do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The exit code.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        self.exit
    }

    /// The stable code, `class.reason`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the person can do about it, if anything is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
