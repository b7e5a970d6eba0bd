//! A desk that refunds: an MCP server ([rmcp](https://docs.rs/rmcp)) whose tool is guarded.
//!
//! The papers come in the call's `_meta`, which every transport carries. INVARIANT: the guard judges the very
//! arguments that the tool gets, and puts the [`Decision`] into the call's context; the tool takes it from there,
//! so that a call which was not judged cannot reach it.

use std::sync::Arc;

use chancery_verifier::Decision;
use rmcp::handler::server::common::Extension;
use rmcp::handler::server::{router::tool::ToolRouter, tool::ToolCallContext, wrapper::Parameters};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ListToolsResult, PaginatedRequestParams, ServerCapabilities,
    ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, schemars, tool, tool_router};
use serde_json::{Map, Value};

use crate::guard::{Guard, Shown};

/// The member of `_meta` that holds the presentation.
pub const PRESENTATION: &str = "org.w3id.chancery/presentation";
/// The member of `_meta` that holds the nonce which the presentation answers.
pub const NONCE: &str = "org.w3id.chancery/nonce";

/// The server.
#[derive(Debug, Clone)]
pub struct Desk {
    guard: Arc<Guard>,
    tools: ToolRouter<Self>,
}

/// What the tool is called with.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Refund {
    order: String,
    amount: String,
}

#[tool_router]
impl Desk {
    /// Makes a desk that this guard guards.
    #[must_use]
    pub fn new(guard: Arc<Guard>) -> Self {
        let tools = Self::tool_router();
        Self { guard, tools }
    }

    /// Refunds an order in EUR.
    #[tool]
    async fn refund(
        &self,
        Parameters(call): Parameters<Refund>,
        Extension(decision): Extension<Decision>,
    ) -> Result<String, String> {
        if !decision.allow {
            return Err(decision.code.to_owned());
        }
        Ok(format!("refunded {} EUR of order {}", call.amount, call.order))
    }
}

impl ServerHandler for Desk {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.list_all()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let brought = |name: &str| context.meta.get(name).and_then(Value::as_str).unwrap_or_default();
        let shown = Shown {
            presentation: brought(PRESENTATION).as_bytes(),
            nonce: brought(NONCE),
        };
        let arguments: Map<String, Value> = request.arguments.clone().unwrap_or_default();
        let judged = self.guard.judge(shown, &request.name, arguments.into()).await;
        let decision = judged.map_err(|why| ErrorData::invalid_params(why.code, None))?;
        context.extensions.insert(decision);
        self.tools
            .call(ToolCallContext::new(self, request, context))
            .await
    }
}
