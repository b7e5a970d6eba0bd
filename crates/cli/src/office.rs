//! The command's way to a registry: which one, with which token, and what its refusals mean here.

use chancery_registry::client::{Client, ClientError};
use zeroize::Zeroizing;

use crate::Global;
use crate::edge;
use crate::exit::{Exit, Failure};
use crate::home::{self, Home};
use crate::input;

/// A client for the registry that the command or the home names, with the admin token if there is one.
pub(crate) fn registry(global: &Global) -> Result<Client, Failure> {
    let base = match &global.registry {
        Some(url) => url.clone(),
        None => Home::open(global)?.registry()?,
    };
    let client = edge::guarded(global, std::slice::from_ref(&base))?;
    Ok(Client::new(&base, client, token(global)?))
}

/// What a refusal of the registry means for the command's exit code.
pub(crate) fn refused(error: ClientError) -> Failure {
    let exit = match error.exit_class() {
        1 => Exit::No,
        2 => Exit::Usage,
        3 => Exit::CannotTell,
        4 => Exit::NotAllowed,
        _ => Exit::Network,
    };
    Failure::new(exit, error.code().to_owned(), error.to_string())
}

fn token(global: &Global) -> Result<Option<Zeroizing<String>>, Failure> {
    let own = global.home.join("admin-token");
    let path = match &global.token_file {
        Some(path) => path.clone(),
        None if own.is_file() => own,
        None => return Ok(None),
    };
    home::refuse_wider(&path)?;
    let token = Zeroizing::new(input::read_text(&path)?);
    if token.is_empty() || !token.chars().all(|letter| letter.is_ascii_graphic()) {
        return Err(Failure::usage(
            "usage.token",
            format!("`{}` holds no admin token", path.display()),
        ));
    }
    Ok(Some(token))
}
