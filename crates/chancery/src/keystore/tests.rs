//! What the key store refuses, with a work factor that tests can afford.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;

fn store_in(folder: &Path, passphrase: &str) -> KeyStore {
    let mut store = KeyStore::open(folder, Passphrase::new(passphrase).unwrap()).unwrap();
    store.iterations = 1_000;
    store
}

fn store() -> (TempDir, KeyStore) {
    let home = TempDir::new().unwrap();
    let store = store_in(&home.path().join("keys"), "correct horse");
    (home, store)
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn code<T>(outcome: Result<T, KeyStoreError>) -> &'static str {
    outcome.map(|_| ()).unwrap_err().code()
}

#[test]
fn a_key_comes_back_as_it_was_written() {
    let (_home, store) = store();
    for (name, key_type) in [
        ("a", KeyType::Ed25519),
        ("b", KeyType::P256),
        ("c.2", KeyType::P384),
    ] {
        let made = store.create(name, key_type, &mut OsRandom).unwrap();
        let loaded = store.load(name).unwrap();
        assert_eq!(loaded.public_key(), made.public_key());
        assert_eq!(*loaded.to_bytes(), *made.to_bytes());
    }
    assert_eq!(store.list().unwrap(), ["a", "b", "c.2"]);
}

#[test]
fn files_are_for_the_owner_alone_and_hold_no_secret_in_clear() {
    let (_home, store) = store();
    let key = store.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    assert_eq!(mode(&store.folder), 0o700);
    assert_eq!(mode(&store.folder.join("a.jwe")), 0o600);
    let text = fs::read_to_string(store.folder.join("a.jwe")).unwrap();
    assert_eq!(text.split('.').count(), 5);
    assert!(!text.contains(&chancery_proof::base64url::encode(&key.to_bytes())));
    assert_eq!(
        fs::read_dir(&store.folder).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn the_work_factor_is_what_was_promised() {
    let home = TempDir::new().unwrap();
    let store = KeyStore::open(home.path().join("keys"), Passphrase::new("x").unwrap()).unwrap();
    store.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    let text = fs::read_to_string(store.folder.join("a.jwe")).unwrap();
    let header = chancery_proof::base64url::decode(text.split('.').next().unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["alg"], "PBES2-HS512+A256KW");
    assert_eq!(header["enc"], "A256GCM");
    assert_eq!(header["p2c"], 600_000);
    assert_eq!(header["p2s"].as_str().unwrap().len(), 22, "16 bytes of salt");
    assert!(store.load("a").is_ok());
}

#[test]
fn a_file_with_fewer_iterations_is_refused() {
    let (_home, weak) = store();
    weak.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    let strict = KeyStore::open(&weak.folder, Passphrase::new("correct horse").unwrap()).unwrap();
    assert_eq!(code(strict.load("a")), "config.key_damaged");
}

#[test]
fn an_existing_key_is_never_overwritten() {
    let (_home, store) = store();
    let first = store.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    assert_eq!(
        code(store.create("a", KeyType::P256, &mut OsRandom)),
        "config.key_exists"
    );
    assert_eq!(store.load("a").unwrap().public_key(), first.public_key());
    fs::write(store.folder.join("b.jwe"), "").unwrap();
    assert_eq!(
        code(files::write_new(&store.folder, "b.jwe", "mark", b"x")),
        "config.key_exists"
    );
    assert_eq!(fs::read(store.folder.join("b.jwe")).unwrap(), b"");
}

#[test]
fn of_many_writers_of_one_name_exactly_one_succeeds() {
    let (_home, store) = store();
    let wins = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| store.create("a", KeyType::Ed25519, &mut OsRandom).is_ok()))
            .collect();
        tasks
            .into_iter()
            .filter(|_| true)
            .map(|task| task.join().unwrap())
            .filter(|won| *won)
            .count()
    });
    assert_eq!(wins, 1);
    assert!(store.load("a").is_ok());
}

#[test]
fn a_folder_that_others_can_enter_is_refused() {
    let (_home, store) = store();
    store.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    for wide in [0o750, 0o705, 0o701, 0o710, 0o720, 0o777] {
        set_mode(&store.folder, wide);
        let opened = KeyStore::open(&store.folder, Passphrase::new("x").unwrap());
        assert_eq!(code(opened), "config.permissions", "{wide:o}");
        assert_eq!(code(store.load("a")), "config.permissions");
        assert_eq!(
            code(store.create("b", KeyType::Ed25519, &mut OsRandom)),
            "config.permissions"
        );
        assert_eq!(code(store.list()), "config.permissions");
        assert_eq!(mode(&store.folder), wide, "refused, not repaired");
    }
}

#[test]
fn a_file_that_others_can_read_or_write_is_refused() {
    let (_home, store) = store();
    store.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    for wide in [0o640, 0o604, 0o620, 0o602, 0o644, 0o666] {
        set_mode(&store.folder.join("a.jwe"), wide);
        assert_eq!(code(store.load("a")), "config.permissions", "{wide:o}");
    }
    set_mode(&store.folder.join("a.jwe"), 0o600);
    assert!(store.load("a").is_ok());
}

#[test]
fn links_are_not_followed() {
    let (home, store) = store();
    store.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    symlink(store.folder.join("a.jwe"), store.folder.join("link.jwe")).unwrap();
    assert_eq!(code(store.load("link")), "config.permissions");
    symlink(home.path().join("outside"), store.folder.join("new.jwe")).unwrap();
    assert_eq!(
        code(store.create("new", KeyType::Ed25519, &mut OsRandom)),
        "config.key_exists"
    );
    assert!(!home.path().join("outside").exists());
    symlink(&store.folder, home.path().join("linked")).unwrap();
    let opened = KeyStore::open(home.path().join("linked"), Passphrase::new("x").unwrap());
    assert_eq!(code(opened), "config.permissions");
    fs::create_dir(store.folder.join("dir.jwe")).unwrap();
    assert_eq!(code(store.load("dir")), "config.permissions");
    fs::write(home.path().join("file"), "").unwrap();
    assert_eq!(
        code(KeyStore::open(
            home.path().join("file"),
            Passphrase::new("x").unwrap()
        )),
        "config.permissions"
    );
}

#[test]
fn a_name_cannot_leave_the_folder() {
    let (_home, store) = store();
    let long = "a".repeat(65);
    for name in [
        "",
        ".",
        "..",
        "../a",
        "a/b",
        "a\\b",
        ".hidden",
        "-a",
        "a b",
        "a\0",
        "a\n",
        "ä",
        long.as_str(),
    ] {
        assert_eq!(code(store.load(name)), "config.key_name", "{name:?}");
        assert_eq!(
            code(store.create(name, KeyType::Ed25519, &mut OsRandom)),
            "config.key_name",
            "{name:?}"
        );
    }
}

#[test]
fn a_missing_key_and_a_key_type_that_cannot_sign_are_refused() {
    let (_home, store) = store();
    assert_eq!(code(store.load("none")), "key.not_found");
    assert!(store.create("x", KeyType::X25519, &mut OsRandom).is_err());
    assert_eq!(store.list().unwrap(), Vec::<String>::new());
}

#[test]
fn another_passphrase_or_a_changed_byte_does_not_open() {
    let (_home, store) = store();
    store.create("a", KeyType::Ed25519, &mut OsRandom).unwrap();
    assert_eq!(
        code(store_in(&store.folder, "wrong horse").load("a")),
        "config.passphrase"
    );
    let path = store.folder.join("a.jwe");
    let text = fs::read(&path).unwrap();
    for place in (0..text.len()).step_by(7) {
        let mut changed = text.clone();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        fs::write(&path, &changed).unwrap();
        assert!(store.load("a").is_err(), "byte {place}");
    }
    for broken in [
        &b""[..],
        b"....",
        b"not a jwe",
        &text[..text.len() - 1],
        &vec![b'A'; 20_000],
    ] {
        fs::write(&path, broken).unwrap();
        assert_eq!(code(store.load("a")), "config.key_damaged");
    }
}

#[test]
fn a_key_moved_to_another_name_is_refused() {
    let (_home, store) = store();
    store.create("issue", KeyType::Ed25519, &mut OsRandom).unwrap();
    fs::rename(store.folder.join("issue.jwe"), store.folder.join("status.jwe")).unwrap();
    assert_eq!(code(store.load("status")), "config.key_damaged");
}

#[test]
fn an_empty_passphrase_is_refused_and_none_is_printed() {
    assert_eq!(code(Passphrase::new("")), "config.passphrase");
    let (_home, store) = store();
    assert!(!format!("{store:?}").contains("horse"));
}
