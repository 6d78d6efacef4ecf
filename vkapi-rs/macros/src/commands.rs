//! `#[derive(BotCommands)]`.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Fields, Lit, LitStr, Meta, Result, Token, Variant,
    bracketed, meta::ParseNestedMeta, punctuated::Punctuated,
};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "commands are an enum"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "commands cannot have parameters"));
    }
    let set = SetAttributes::read(&input.attrs)?;
    let mut taken = HashSet::new();
    let (mut specs, mut arms) = (Vec::new(), Vec::new());
    for (index, variant) in data.variants.iter().enumerate() {
        let command = Command::read(variant)?;
        for name in std::iter::once(&command.name).chain(&command.aliases) {
            let text = name.value();
            if text.is_empty() || text.contains(char::is_whitespace) {
                return Err(Error::new(name.span(), "a command's name is one word"));
            }
            if !taken.insert(text.to_lowercase().replace('ё', "е")) {
                return Err(Error::new(name.span(), "another command has this name"));
            }
        }
        specs.push(command.spec());
        arms.push(command.arm(index));
    }
    let (name, about, prefixes) = (&input.ident, doc(&input.attrs), &set.prefixes);
    let screen_name = set.screen_name.map_or_else(
        || quote!(::core::option::Option::None),
        |name| quote!(::core::option::Option::Some(#name)),
    );
    Ok(quote! {
        #[automatically_derived]
        impl ::vkapi::utils::command::BotCommands for #name {
            const COMMANDS: ::vkapi::utils::command::CommandSet = ::vkapi::utils::command::CommandSet {
                about: #about,
                prefixes: &[#(#prefixes),*],
                screen_name: #screen_name,
                commands: &[#(#specs),*],
            };

            fn build(
                index: usize,
                mut arguments: ::vkapi::utils::command::Arguments<'_>,
            ) -> ::core::result::Result<Self, ::vkapi::utils::command::CommandError> {
                match index {
                    #(#arms)*
                    _ => ::core::result::Result::Err(::vkapi::utils::command::CommandError::NotCommand),
                }
            }
        }
    })
}

/// What is said of the enum.
struct SetAttributes {
    prefixes: Vec<LitStr>,
    screen_name: Option<LitStr>,
}

impl SetAttributes {
    fn read(attrs: &[Attribute]) -> Result<Self> {
        let mut set =
            Self { prefixes: vec![LitStr::new("/", proc_macro2::Span::call_site())], screen_name: None };
        each_attribute(attrs, |meta| {
            if meta.path.is_ident("prefixes") {
                set.prefixes = texts(&meta)?;
                Ok(())
            } else if meta.path.is_ident("screen_name") {
                set.screen_name = Some(meta.value()?.parse()?);
                Ok(())
            } else {
                Err(meta.error("expected `prefixes` or `screen_name`"))
            }
        })?;
        Ok(set)
    }
}

/// One variant.
struct Command<'a> {
    variant: &'a Variant,
    name: LitStr,
    aliases: Vec<LitStr>,
    hide: bool,
}

impl<'a> Command<'a> {
    fn read(variant: &'a Variant) -> Result<Self> {
        let name = LitStr::new(&snake_case(&variant.ident.to_string()), variant.ident.span());
        let mut command = Self { variant, name, aliases: Vec::new(), hide: false };
        each_attribute(&variant.attrs, |meta| {
            if meta.path.is_ident("rename") {
                command.name = meta.value()?.parse()?;
            } else if meta.path.is_ident("aliases") {
                command.aliases = texts(&meta)?;
            } else if meta.path.is_ident("hide") {
                command.hide = true;
            } else {
                return Err(meta.error("expected `rename`, `aliases` or `hide`"));
            }
            Ok(())
        })?;
        Ok(command)
    }

    /// What people call the arguments: their doc comments, or else their names.
    fn arguments(&self) -> Vec<String> {
        let named = |(index, field): (usize, &syn::Field)| match (doc(&field.attrs), &field.ident) {
            (doc, _) if !doc.is_empty() => doc,
            (_, Some(ident)) => ident.to_string(),
            (_, None) => (index + 1).to_string(),
        };
        self.variant.fields.iter().enumerate().map(named).collect()
    }

    fn spec(&self) -> TokenStream {
        let Self { variant, name, aliases, hide } = self;
        let description = doc(&variant.attrs);
        let arguments = self.arguments().into_iter().zip(&variant.fields).map(|(name, field)| {
            let kind = &field.ty;
            quote! {
                ::vkapi::utils::command::ArgumentSpec {
                    name: #name,
                    optional: <#kind as ::vkapi::utils::command::Argument>::OPTIONAL,
                }
            }
        });
        quote! {
            ::vkapi::utils::command::CommandSpec {
                name: #name,
                aliases: &[#(#aliases),*],
                arguments: &[#(#arguments),*],
                description: #description,
                hidden: #hide,
            }
        }
    }

    fn arm(&self, index: usize) -> TokenStream {
        let ident = &self.variant.ident;
        let count = self.variant.fields.len();
        let values: Vec<_> = (0..count).map(|number| format_ident!("argument_{number}")).collect();
        let reads = self.variant.fields.iter().enumerate().map(|(number, field)| {
            let (value, kind) = (&values[number], &field.ty);
            let read = if number + 1 == count { quote!(last) } else { quote!(word) };
            quote!(let #value = arguments.#read::<#kind>()?;)
        });
        let made = match &self.variant.fields {
            Fields::Unit => quote!(Self::#ident),
            Fields::Unnamed(_) => quote!(Self::#ident(#(#values),*)),
            Fields::Named(fields) => {
                let names = fields.named.iter().map(|field| &field.ident);
                quote!(Self::#ident { #(#names: #values),* })
            }
        };
        quote! {
            #index => {
                #(#reads)*
                arguments.finish()?;
                ::core::result::Result::Ok(#made)
            }
        }
    }
}

fn each_attribute(
    attrs: &[Attribute],
    mut read: impl FnMut(ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("command"))
        .try_for_each(|attr| attr.parse_nested_meta(&mut read))
}

/// `= ["…", …]`.
fn texts(meta: &ParseNestedMeta<'_>) -> Result<Vec<LitStr>> {
    let value = meta.value()?;
    let list;
    bracketed!(list in value);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?.into_iter().collect())
}

/// The doc comment as one line.
fn doc(attrs: &[Attribute]) -> String {
    let line = |attr: &Attribute| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    };
    let lines: Vec<_> = attrs.iter().filter_map(line).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

/// `GoHome` is `go_home`.
fn snake_case(ident: &str) -> String {
    let mut name = String::new();
    for c in ident.chars() {
        if c.is_uppercase() && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}
