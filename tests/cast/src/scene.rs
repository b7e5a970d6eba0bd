//! One occasion: everything that is sent and known, to be bent and then written down.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::rc::Rc;

use chancery_proof::multibase;
use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};

use crate::paper::{self, AUDIENCE, BERLIN, CONTEXT, PROFILE};
use crate::party::{ACME, ACME_STATUS, INITECH, INITECH_STATUS, Party};
use crate::seal::{Bend, Rewrite, Securing, Slip};
use crate::time::{NOW, after, instant};
use crate::trust;

/// Holds one occasion.
#[derive(Clone)]
pub struct Scene {
    /// The moment that is judged.
    pub at: String,
    /// Whether it is another moment than now.
    pub historical: bool,
    /// How many papers the chain has.
    pub hops: usize,
    /// The papers, the chain first, then the passports.
    pub papers: Vec<Slip>,
    /// The presentation without its papers.
    pub presentation: Slip,
    /// Bends the presentation's text when everything is signed.
    pub rewrite: Option<Rewrite>,
    /// DID documents by DID, as values or, where they are strings, as exact texts.
    pub documents: BTreeMap<String, Value>,
    /// Status lists by URL.
    pub lists: BTreeMap<String, Slip>,
    /// Token Status Lists by URL.
    pub token_lists: BTreeMap<String, Slip>,
    /// Bends the evidence when everything is in it.
    pub evidence: Vec<Bend>,
    /// The verifier's policy.
    pub policy: Value,
    /// The request.
    pub request: Value,
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Scene")
            .field("at", &self.at)
            .field("papers", &self.papers)
            .finish_non_exhaustive()
    }
}

impl Scene {
    /// Acme's capability in the hands of the first of these, handed on to each next; the last presents.
    pub fn of(cast: &[Party]) -> Self {
        Self::at(NOW, cast)
    }

    /// As [`Scene::of`], at another moment.
    pub fn at(at: &str, cast: &[Party]) -> Self {
        let made = after(at, -1_800);
        let hops = cast.len();
        let depth = |left: usize| u8::try_from(left).unwrap();
        let mut papers = vec![Slip::new(
            paper::capability(at, ACME, cast[0], depth(hops - 1)),
            ACME,
            "assertionMethod",
            &made,
        )];
        for (index, pair) in cast.windows(2).enumerate() {
            let number = 110 + u64::try_from(index).unwrap();
            let document = paper::delegation(at, number, pair[0], pair[1], depth(hops - 2 - index));
            papers.push(Slip::new(document, pair[0], "capabilityDelegation", &made));
        }
        for (index, subject) in cast.iter().enumerate() {
            let number = 120 + u64::try_from(index).unwrap();
            papers.push(Slip::new(
                paper::passport(at, number, ACME, *subject),
                ACME,
                "assertionMethod",
                &made,
            ));
        }
        let holder = *cast.last().unwrap();
        let mut scene = Self {
            at: at.to_owned(),
            historical: false,
            hops,
            papers,
            presentation: presentation(at, holder),
            rewrite: None,
            documents: BTreeMap::new(),
            lists: BTreeMap::new(),
            token_lists: BTreeMap::new(),
            evidence: vec![Rc::new(|_| {})],
            policy: trust::policy(),
            request: json!({
                "action": "refund:create", "resource": "https://api.globex.example/orders/1001",
                "arguments": {"order": "1001", "amount": "35.00"},
                "audience": AUDIENCE, "nonce": "nonce-0001",
                "facts": {"amount": {"value": "35.00", "currency": "EUR"}},
            }),
        };
        scene.knows(ACME, ACME_STATUS);
        scene.offset(BERLIN, 7_200);
        scene
    }

    /// Brings an organization's documents and its two lists, nothing set, half a minute old.
    pub fn knows(&mut self, organization: Party, status: Party) {
        self.documents
            .insert(organization.did(), organization.document_with_status(status));
        self.documents.insert(status.did(), status.document());
        for (name, purpose) in [("r", "revocation"), ("s", "suspension")] {
            let url = paper::list(organization, name);
            let made = after(&self.at, -30);
            self.lists
                .insert(url.clone(), status_list(&url, purpose, status, &made, &[]));
        }
    }

    /// Brings the offset of a zone at the moment judged, in seconds.
    pub fn offset(&mut self, zone: &str, offset: i32) {
        let given =
            json!({"zone": zone, "at": instant(&self.at).to_string(), "offset": offset, "tzdb": "2026a"});
        self.evidence.push(Rc::new(move |evidence| {
            let known = evidence["zoneOffsets"].as_array_mut().unwrap();
            known.retain(|known| known["zone"] != given["zone"]);
            known.push(given.clone());
        }));
    }

    /// Bends the evidence at the end.
    pub fn evidence(&mut self, bend: impl Fn(&mut Value) + 'static) {
        self.evidence.push(Rc::new(bend));
    }

    /// Records that something could not be had.
    pub fn failed(&mut self, need: Value, code: &str) {
        let failure = json!({"need": need, "code": code});
        self.evidence(move |evidence| evidence["failures"].as_array_mut().unwrap().push(failure.clone()));
    }

    /// The document of the paper at this place.
    pub fn paper(&mut self, at: usize) -> &mut Value {
        &mut self.papers[at].document
    }

    /// The first entry of a paper of the chain.
    pub fn entry(&mut self, at: usize) -> &mut Value {
        &mut self.papers[at].document["credentialSubject"]["capability"][0]
    }

    /// The constraints of the first entry of a paper of the chain.
    pub fn constraints(&mut self, at: usize, constraints: Value) {
        self.entry(at)["constraint"] = constraints;
    }

    /// The place of the passport of the subject of this hop.
    pub fn passport(&self, hop: usize) -> usize {
        self.hops + hop
    }

    /// Every paper and the presentation as JWS.
    pub fn jose(&mut self) {
        self.presentation.securing = Securing::Jose;
        self.papers
            .iter_mut()
            .for_each(|slip| slip.securing = Securing::Jose);
    }

    /// Another fact of the request.
    pub fn fact(&mut self, name: &str, value: Value) {
        self.request["facts"][name] = value;
    }

    /// Asks for this many euros.
    pub fn asking(&mut self, amount: &str) {
        self.fact("amount", json!({"value": amount, "currency": "EUR"}));
    }

    /// Sets bits on a list, which keeps its times.
    pub fn set(&mut self, url: &str, indices: &[u64]) {
        let list = self.lists.get_mut(url).unwrap();
        list.document["credentialSubject"]["encodedList"] = json!(encoded(131_072, indices));
    }

    /// Replaces a list by one of another time and with these bits.
    pub fn publish(&mut self, url: &str, purpose: &str, seconds: i64, indices: &[u64]) {
        let made = after(&self.at, seconds);
        self.lists.insert(
            url.to_owned(),
            status_list(url, purpose, ACME_STATUS, &made, indices),
        );
    }

    /// The passport of a hop is of Initech, and Globex has anchored Initech for passports.
    pub fn of_initech(&mut self, hop: usize, subject: Party) {
        let at = self.passport(hop);
        let number = 150 + u64::try_from(hop).unwrap();
        let document = paper::passport(&self.at, number, INITECH, subject);
        self.papers[at] = Slip::new(document, INITECH, "assertionMethod", &after(&self.at, -1_800));
        self.knows(INITECH, INITECH_STATUS);
        let mut anchor = trust::anchor(INITECH);
        anchor["papers"] = json!(["AgentPassportCredential"]);
        anchor["grant"] = json!([]);
        self.policy["anchors"].as_array_mut().unwrap().push(anchor);
    }

    /// Appends a paper after the passports.
    pub fn append(&mut self, document: Value, signer: Party) {
        let slip = Slip::new(document, signer, "assertionMethod", &after(&self.at, -60));
        self.papers.push(slip);
    }

    /// Rewrites the presentation's text when everything is signed.
    pub fn rewrite(&mut self, rewrite: impl Fn(String) -> String + 'static) {
        self.rewrite = Some(Rc::new(rewrite));
    }

    /// The exact text that is sent.
    pub fn text(&self) -> String {
        let mut slips = self.papers.clone();
        for at in 1..slips.len() {
            let (before, from) = slips.split_at_mut(at);
            if let Some(parent) = from[0].document.pointer_mut("/credentialSubject/parent")
                && *parent == json!("")
            {
                *parent = json!(before[at - 1].digest());
            }
        }
        let mut presentation = self.presentation.clone();
        if presentation.document.get("verifiableCredential").is_none() {
            presentation.document["verifiableCredential"] = slips.iter().map(Slip::item).collect();
        }
        let text = presentation.text();
        match &self.rewrite {
            Some(rewrite) => rewrite(text),
            None => text,
        }
    }

    /// The evidence that Globex gathered.
    pub fn gathered(&self) -> Value {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let documents: BTreeMap<&String, String> = self
            .documents
            .iter()
            .map(|(did, value)| (did, text(value)))
            .collect();
        let lists: BTreeMap<&String, String> =
            self.lists.iter().map(|(url, list)| (url, list.text())).collect();
        let mut evidence = json!({
            "documents": documents, "statusLists": lists, "trustStatements": [], "zoneOffsets": [],
            "statusFloors": {}, "failures": [],
        });
        if !self.token_lists.is_empty() {
            let text = |(url, list): (&String, &Slip)| (url.clone(), json!(list.text()));
            evidence["tokenStatusLists"] = Value::Object(self.token_lists.iter().map(text).collect());
        }
        for bend in &self.evidence {
            bend(&mut evidence);
        }
        evidence
    }

    /// The vector, without what is expected of it.
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "at": self.at, "policy": self.policy, "request": self.request,
            "evidence": self.gathered(), "presentation": self.text(),
        });
        if self.historical {
            value["historical"] = json!(true);
        }
        value
    }
}

/// A presentation for Globex that answers its nonce, made five seconds ago, for two minutes.
pub fn presentation(at: &str, holder: Party) -> Slip {
    let document = json!({
        "@context": [CONTEXT, PROFILE],
        "type": ["VerifiablePresentation", "AgentPresentation"],
        "holder": holder.did(),
        "capabilityEntry": 0,
    });
    let (created, expires) = (after(at, -5), after(at, 120));
    let mut slip = Slip::new(document, holder, "authentication", &created);
    slip.proof["challenge"] = json!("nonce-0001");
    slip.proof["domain"] = json!(AUDIENCE);
    slip.proof["expires"] = json!(expires);
    slip.header["typ"] = json!("vp+jwt");
    slip.claims = json!({
        "iss": holder.did(), "aud": AUDIENCE, "nonce": "nonce-0001",
        "iat": instant(&created).seconds(), "exp": instant(&expires).seconds(),
    });
    slip
}

/// A status list with these bits set.
pub fn status_list(url: &str, purpose: &str, signer: Party, made: &str, set: &[u64]) -> Slip {
    let document = json!({
        "@context": [CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": signer.did(),
        "validFrom": made,
        "validUntil": after(made, 3_600),
        "credentialSubject": {
            "id": format!("{url}#list"), "type": "BitstringStatusList", "statusPurpose": purpose,
            "ttl": 300_000, "encodedList": encoded(131_072, set),
        },
    });
    Slip::new(document, signer, "assertionMethod", made)
}

/// So many bits, with these set, as `encodedList`.
pub fn encoded(entries: usize, set: &[u64]) -> String {
    let mut bits = vec![0_u8; entries.div_ceil(8)];
    for index in set {
        let index = usize::try_from(*index).unwrap();
        bits[index / 8] |= 0x80 >> (index % 8);
    }
    multibase::encode_u(&gzip(&bits))
}

/// One gzip member, the same bytes always alike.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
