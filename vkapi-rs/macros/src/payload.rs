//! `#[derive(ButtonPayload)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Result, parse_quote};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a payload cannot have parameters"));
    }
    let name = &input.ident;
    let target = name.to_string();
    // What serde makes of a twin is written for the type itself; so unknown members can be refused.
    let mut twin = input.clone();
    twin.ident = parse_quote!(Twin);
    twin.vis = syn::Visibility::Inherited;
    keep_serde(&mut twin.attrs);
    match &mut twin.data {
        Data::Struct(data) if matches!(data.fields, Fields::Unit) => {
            return Err(Error::new_spanned(name, "nothing cannot be a payload: VK refuses `null`"));
        }
        Data::Struct(data) => data.fields.iter_mut().for_each(|field| keep_serde(&mut field.attrs)),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                keep_serde(&mut variant.attrs);
                variant.discriminant = None;
                variant.fields.iter_mut().for_each(|field| keep_serde(&mut field.attrs));
            }
        }
        Data::Union(_) => return Err(Error::new_spanned(name, "a union cannot be a payload")),
    }
    Ok(quote! {
        const _: () = {
            use ::vkapi::__private::serde;

            #[derive(serde::Serialize, serde::Deserialize)]
            #[serde(crate = "::vkapi::__private::serde", remote = #target, deny_unknown_fields)]
            #[allow(dead_code, non_snake_case, non_camel_case_types)]
            #twin

            #[automatically_derived]
            impl serde::Serialize for #name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                    Twin::serialize(self, serializer)
                }
            }

            #[automatically_derived]
            impl<'de> serde::Deserialize<'de> for #name {
                fn deserialize<D: serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    Twin::deserialize(deserializer)
                }
            }

            #[automatically_derived]
            impl ::vkapi::utils::payload::ButtonPayload for #name {}
        };
    })
}

fn keep_serde(attrs: &mut Vec<Attribute>) {
    attrs.retain(|attr| attr.path().is_ident("serde") || attr.path().is_ident("cfg"));
}
