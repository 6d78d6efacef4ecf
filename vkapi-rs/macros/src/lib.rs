//! Derives of `vkapi-rs`, which gives them out; use them from there.

mod commands;
mod payload;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Reads commands out of messages: one variant a command, its fields are the command's arguments.
///
/// The name is the variant's in lower case with `_` between words; the doc comment is what people read of it in
/// the list of commands, and a field's doc comment is what its argument is called there. Attributes of the enum,
/// in `#[command(…)]`:
///
/// - `prefixes = ["/", "!"]`: what a command begins with, by default `/`; `""` lets it begin with nothing;
/// - `screen_name = "name"`: the community's short name, so that `@name` before a command does for a prefix.
///
/// And of a variant:
///
/// - `rename = "name"`: the name;
/// - `aliases = ["name", …]`: other names;
/// - `hide`: whether the list of commands leaves it out.
#[proc_macro_derive(BotCommands, attributes(command))]
pub fn bot_commands(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    commands::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a type the payload of buttons: written as JSON, and read back only from JSON of exactly its shape.
///
/// Stands for serde's `Serialize` and `Deserialize` too, whose `#[serde(…)]` attributes shape the JSON, so do not
/// derive those beside it.
#[proc_macro_derive(ButtonPayload, attributes(serde))]
pub fn button_payload(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    payload::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
