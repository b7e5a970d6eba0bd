//! The corpus through the wasm module: it imports nothing, never traps, and says what the library says.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use chancery_tests::{Outcome, compare, compare_with, corpus};
use wasmi::{Engine, Instance, Linker, Memory, Module, Store, TypedFunc};

struct Host {
    store: Store<()>,
    memory: Memory,
    input: TypedFunc<u32, u32>,
    verify: TypedFunc<(), u32>,
    length: TypedFunc<(), u32>,
}

fn module() -> Option<Vec<u8>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "`cargo xtask test` builds the module and says where it is"
    )]
    match std::env::var("CHANCERY_WASM") {
        Ok(path) => Some(std::fs::read(path).unwrap()),
        Err(_) if std::env::var("CI").is_ok() => panic!("CHANCERY_WASM is not set: run `cargo xtask test`"),
        Err(_) => {
            println!("not run: wasm (CHANCERY_WASM is not set; `cargo xtask test` sets it)");
            None
        }
    }
}

impl Host {
    fn new(bytes: &[u8]) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, bytes).unwrap();
        let mut store = Store::new(&engine, ());
        let instance: Instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .unwrap();
        Self {
            memory: instance.get_memory(&store, "memory").unwrap(),
            input: instance.get_typed_func(&store, "chancery_input").unwrap(),
            verify: instance.get_typed_func(&store, "chancery_verify").unwrap(),
            length: instance.get_typed_func(&store, "chancery_output_length").unwrap(),
            store,
        }
    }

    fn judge(&mut self, document: &[u8]) -> serde_json::Value {
        let room = self
            .input
            .call(&mut self.store, u32::try_from(document.len()).unwrap())
            .unwrap();
        self.memory
            .write(&mut self.store, usize::try_from(room).unwrap(), document)
            .unwrap();
        let answer = self.verify.call(&mut self.store, ()).unwrap();
        let length = self.length.call(&mut self.store, ()).unwrap();
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        self.memory
            .read(&self.store, usize::try_from(answer).unwrap(), &mut bytes)
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }
}

#[test]
fn the_module_imports_nothing() {
    let Some(bytes) = module() else { return };
    let module = Module::new(&Engine::default(), &bytes).unwrap();
    let imports: Vec<String> = module
        .imports()
        .map(|import| format!("{}.{}", import.module(), import.name()))
        .collect();
    assert!(imports.is_empty(), "{imports:?}");
}

#[test]
fn the_corpus_gets_its_verdict_and_code_inside_wasm() {
    let Some(bytes) = module() else { return };
    let mut host = Host::new(&bytes);
    let said: Vec<_> = corpus()
        .into_iter()
        .map(|vector| {
            let outcome = Outcome::of(&host.judge(vector.document.to_string().as_bytes()));
            (vector, outcome)
        })
        .collect();
    let (apart, said): (Vec<_>, Vec<_>) = said
        .into_iter()
        .partition(|(vector, _)| vector.expected_without("rdfc") != vector.expected());
    println!(
        "vectors wasm: {} that need RDFC: alg.unsupported_here, indeterminate",
        apart.len()
    );
    compare_with("wasm without rdfc", &apart, |vector| {
        vector.expected_without("rdfc")
    });
    compare("wasm", &said);
}

#[test]
fn garbage_gets_a_coded_answer_and_the_instance_lives_on() {
    let Some(bytes) = module() else { return };
    let mut host = Host::new(&bytes);
    let good = corpus()
        .into_iter()
        .find(|vector| vector.expected().allow)
        .unwrap();
    let whole = good.document.to_string();
    let deep = "[".repeat(20_000);
    let garbage: Vec<&[u8]> = vec![
        b"",
        b"{",
        b"null",
        b"\xff\xfe",
        b"{\"at\":1}",
        deep.as_bytes(),
        b"{\"a\":1,\"a\":2}",
    ];
    for input in garbage {
        let answer = host.judge(input);
        assert_eq!(answer["allow"], false);
        assert!(answer["code"].is_string(), "{answer}");
    }
    for cut in (1..whole.len()).step_by(whole.len().div_ceil(40)) {
        assert_eq!(host.judge(&whole.as_bytes()[..cut])["allow"], false);
    }
    assert_eq!(host.judge(whole.as_bytes())["allow"], true);
}
