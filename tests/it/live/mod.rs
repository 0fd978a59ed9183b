//! What happens reaches staff while it happens: over real sockets, whatever is cut off on the way, and nobody else's.

mod abuse;
mod contract;
mod doors;
mod resuming;
mod telling;

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;
use voxanne::accounts::{self, Role, Staff};
use voxanne::language::Language;
use voxanne::live;
use voxanne::platform::config::Config;
use voxanne::platform::hub;
use voxanne::platform::ids::{SessionId, UserId};

use crate::harness::{Clinic, Voxanne};

/// Longer than anything here takes, shorter than anybody waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server whose sockets are told.
async fn start() -> Voxanne {
    start_with(|_| {}).await
}

async fn start_with(change: impl FnOnce(&mut Config)) -> Voxanne {
    let vox = Voxanne::start_with(change).await;
    follow(&vox);
    vox
}

fn follow(vox: &Voxanne) {
    live::follow(&vox.app);
    hub::start(&vox.app);
}

/// Signs of life soon, and patience with none soon over.
fn impatient(config: &mut Config) {
    config.live.ping_ms = 100;
    config.live.silence_ms = 400;
}

/// Somebody of the staff of `clinic` with a session of their own, for as long as sessions last, of which nobody is told.
async fn staff(vox: &Voxanne, clinic: &Clinic) -> Staff {
    let session = Uuid::new_v4();
    let org = clinic.org.0;
    vox.exec(&format!(
        "set local session_replication_role = replica;
         insert into sessions (user_id, id, token_digest, current_org, second_factor_due, agent, network, created_at, last_seen_at, expires_at)
         select user_id, '{session}', decode(md5('{session}'), 'hex'), org_id, false, 'Test', '127.0.0.1', '{now}', '{now}', timestamptz '{now}' + interval '7 days'
           from memberships where org_id = '{org}' and ended_at is null order by role <> 'front_desk', id limit 1",
        now = vox.app.clock.now(),
    ))
    .await;
    let (user, role): (Uuid, String) = sqlx::query_as(
        "select m.user_id, m.role from sessions s join memberships m on m.user_id = s.user_id and m.org_id = s.current_org where s.id = $1",
    )
    .bind(session)
    .fetch_one(&vox.admin)
    .await
    .unwrap();
    Staff {
        user: UserId(user),
        org: clinic.org,
        role: Role::ALL.into_iter().find(|r| r.name() == role).unwrap(),
        session: Some(SessionId(session)),
        name: "Somebody".to_owned(),
        email: "somebody@example.com".to_owned(),
        language: Language::English,
        signed_in_until: None,
        owes_second_factor: false,
    }
}

/// A token of somebody at `clinic` for ten minutes, and who they are.
async fn token(vox: &Voxanne, clinic: &Clinic) -> (String, Staff) {
    let staff = staff(vox, clinic).await;
    (accounts::socket_token(&vox.app, &staff).unwrap().token, staff)
}

fn url(vox: &Voxanne) -> String {
    format!("{}/ws/live-calls", vox.url.replace("http", "ws"))
}

/// A browser's side of a socket.
struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn open(vox: &Voxanne) -> Self {
        Self(connect_async(url(vox)).await.unwrap().0)
    }

    /// Somebody of `clinic` who is there now; everything from now on comes.
    async fn of(vox: &Voxanne, clinic: &Clinic) -> Self {
        Self::resuming(vox, clinic, None).await.0
    }

    /// Somebody who has seen everything up to `after`; and from where on they are told.
    async fn resuming(vox: &Voxanne, clinic: &Clinic, after: Option<i64>) -> (Self, i64) {
        Self::with(vox, clinic, &token(vox, clinic).await.0, after).await
    }

    async fn with(vox: &Voxanne, clinic: &Clinic, token: &str, after: Option<i64>) -> (Self, i64) {
        let mut client = Self::open(vox).await;
        client.say(json!({"type": "subscribe", "token": token, "after": after})).await;
        let said = client.next().await;
        assert_eq!((&said["type"], &said["org"]), (&json!("subscribed"), &json!(clinic.org.to_string())));
        let last = said["last"].as_i64().unwrap();
        (client, last)
    }

    async fn say(&mut self, said: Value) {
        self.0.send(Message::text(said.to_string())).await.unwrap();
    }

    /// The next thing that the server says, signs of life apart; a close is `{"closed": code}`, a lost connection 0.
    async fn next(&mut self) -> Value {
        loop {
            let heard = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing comes");
            match heard {
                Some(Ok(Message::Text(text))) => {
                    let said: Value = serde_json::from_str(&text).unwrap();
                    if said["type"] != "ping" {
                        return said;
                    }
                }
                Some(Ok(Message::Close(Some(frame)))) => return json!({"closed": u16::from(frame.code)}),
                Some(Ok(_)) => {}
                Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) | None => {
                    return json!({"closed": 0});
                }
                Some(Err(_)) => return json!({"closed": 0}),
            }
        }
    }

    async fn closed(&mut self) -> u64 {
        loop {
            if let Some(code) = self.next().await["closed"].as_u64() {
                return code;
            }
        }
    }

    /// The next event of this kind; what comes before is passed over.
    async fn hears(&mut self, kind: &str) -> Value {
        loop {
            let said = self.next().await;
            assert_eq!(said["type"], "event", "{said}");
            if said["kind"] == kind {
                return said;
            }
        }
    }

    /// The ids of events up to one about `subject`.
    async fn ids_until(&mut self, subject: &str) -> Vec<i64> {
        let mut ids = vec![];
        loop {
            let said = self.next().await;
            assert_eq!(said["type"], "event", "{said}");
            ids.push(said["id"].as_i64().unwrap());
            if said["subject"] == subject {
                return ids;
            }
        }
    }
}

/// A statement that leaves staff of `clinic` a task, and the task's id as it is told.
fn a_task(clinic: &Clinic) -> (String, String) {
    let id = Uuid::new_v4();
    let sql = format!(
        "insert into tasks (org_id, id, kind, title, dedupe_key, created_at) values ('{}', '{id}', 'test', 'Look', '{id}', now())",
        clinic.org.0
    );
    (sql, format!("task_{}", id.simple()))
}

/// A client that speaks WebSocket by hand, and no more of it than it wants.
struct Raw(TcpStream);

impl Raw {
    /// Somebody of `clinic`.
    async fn of(vox: &Voxanne, clinic: &Clinic) -> Self {
        let mut raw = Self::open(vox).await;
        let said = json!({"type": "subscribe", "token": token(vox, clinic).await.0}).to_string();
        raw.send(0x81, said.as_bytes()).await.unwrap();
        raw
    }

    /// Nobody yet.
    async fn open(vox: &Voxanne) -> Self {
        let address = vox.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /ws/live-calls HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = vec![];
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
        Self(stream)
    }

    /// A frame: its first byte (end and kind), its length, the mask zero, its bytes.
    async fn send(&mut self, first: u8, payload: &[u8]) -> std::io::Result<()> {
        let mut frame = vec![first];
        match u16::try_from(payload.len()).unwrap() {
            short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
            long => {
                frame.push(0x80 | 0x7e);
                frame.extend(long.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.0.write_all(&frame).await
    }

    /// Reads until the server has closed, however it does.
    async fn until_closed(&mut self) -> Vec<u8> {
        let mut read = vec![];
        let end = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut read)).await;
        let _ = end.expect("the server keeps the connection");
        read
    }
}
