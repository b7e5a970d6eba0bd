//! The `chancery` command: a thin shell over [`chancery_cli::run`].

use std::process::ExitCode;

use chancery_cli::Console;

fn main() -> ExitCode {
    let mut console = Console::standard();
    ExitCode::from(chancery_cli::run(std::env::args_os(), &mut console))
}
