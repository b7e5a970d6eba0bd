//! Story 9: an MCP server whose tool is guarded. A call brings its papers in `_meta`; the tool reads the decision
//! from its context and refuses with the code.
//!
//! `cargo run -p chancery-examples --example 09_rmcp_guard`

use std::error::Error;
use std::io::{self, Write};

use chancery_examples::desk::{Desk, NONCE, PRESENTATION};
use chancery_examples::scene::{self, Scene};
use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, RequestMetaObject};
use serde_json::{Map, Value, json};

/// Plays the story with the papers of one scene: server and client on the two ends of a pipe.
pub(crate) async fn story(scene: &Scene, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let (ours, theirs) = tokio::io::duplex(65_536);
    let desk = Desk::new(scene.guard.clone());
    let server = tokio::spawn(async move {
        let serving = desk.serve(ours).await.map_err(io::Error::other)?;
        serving.waiting().await.map_err(io::Error::other)
    });
    let client = ().serve(theirs).await?;
    for tool in client.list_all_tools().await? {
        writeln!(out, "a tool: {}", tool.name)?;
    }

    let papers = Map::from_iter([
        (PRESENTATION.to_owned(), Value::from(scene.presentation.as_str())),
        (NONCE.to_owned(), scene::NONCE.into()),
    ]);
    for (words, bring, order, amount) in [
        ("no papers", false, "1001", "35.00"),
        ("more than was delegated", true, "1001", "60.00"),
        ("within what was delegated", true, "1001", "35.00"),
        ("the same presentation again", true, "1002", "5.00"),
    ] {
        let arguments = json!({ "order": order, "amount": amount });
        let mut call = CallToolRequestParams::new("refund");
        call.arguments = arguments.as_object().cloned();
        if bring {
            call.meta = Some(serde_json::from_value::<RequestMetaObject>(
                papers.clone().into(),
            )?);
        }
        match client.call_tool(call).await {
            Ok(result) => {
                let word = if result.is_error == Some(true) {
                    "refused"
                } else {
                    "done"
                };
                let said = result.content.iter().filter_map(|content| content.as_text());
                let said: Vec<&str> = said.map(|text| text.text.as_str()).collect();
                writeln!(out, "{words}: {word}, {}", said.join(" "))?;
            }
            Err(error) => writeln!(out, "{words}: not judged, {error}")?,
        }
    }
    client.cancel().await?;
    server.await??;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    story(&Scene::read(&Scene::delegated())?, &mut io::stdout()).await
}
