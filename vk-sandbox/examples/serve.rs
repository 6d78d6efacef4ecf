//! A local VK on a given address until interrupted: `serve [ADDRESS]`.
//!
//! The community is 240000001 with the token `group-token`, the service token is
//! `service-token`, and two people are there to write as.

use vk_sandbox::Sandbox;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listen = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8240".to_owned());
    let sandbox = Sandbox::builder().service_token("service-token").start(listen).await?;
    sandbox.add_person(1, "Мария", "Петрова");
    sandbox.add_person(2, "Ильдар", "Сафин");
    println!("chat: {}", sandbox.url());
    println!("api_url: {}, token: {}, group_id: {}", sandbox.api_url(), sandbox.token(), sandbox.group_id());
    tokio::signal::ctrl_c().await?;
    sandbox.shutdown().await;
    Ok(())
}
