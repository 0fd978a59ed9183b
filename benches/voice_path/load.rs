//! Drives one server over keep-alive connections and tells how fast it answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// One request, and what its answer must contain.
pub struct Shot {
    pub request: Request<Full<Bytes>>,
    pub expects: &'static str,
}

/// Makes the request of a number; numbers never repeat, so what must be new is new.
pub type Shots = Arc<dyn Fn(u64) -> Shot + Send + Sync>;

/// One server and what it is asked.
#[derive(Clone)]
pub struct Target {
    port: u16,
    shots: Shots,
    next: Arc<AtomicU64>,
}

/// What a round measured.
pub struct Round {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
    /// Bodies and statuses of the answers that were not what was asked for.
    pub wrong: Vec<String>,
    pub answers: usize,
}

impl Target {
    pub fn new(port: u16, shots: impl Fn(u64) -> Shot + Send + Sync + 'static) -> Self {
        Self { port, shots: Arc::new(shots), next: Arc::default() }
    }

    /// Asks over `connections`, each as soon as it has its answer, for `time`.
    pub async fn drive(&self, connections: usize, time: Duration) -> Round {
        self.ask(connections, move |_, began| began.elapsed() < time).await
    }

    /// Asks so often a second for `time`, whether or not the others have their answer, over `connections`.
    pub async fn pace(&self, per_second: u32, connections: usize, time: Duration) -> Round {
        let between = Duration::from_secs(1) / per_second;
        let all_are_open = Arc::new(Barrier::new(connections));
        let (mut drivers, mut open) = (JoinSet::new(), JoinSet::new());
        for first in 0..connections {
            let (mut sender, connection) = connect(self.port).await;
            open.spawn(connection);
            let (target, all_are_open) = (self.clone(), all_are_open.clone());
            let own_pace = between * u32::try_from(connections).unwrap();
            let delay = between * u32::try_from(first).unwrap();
            drivers.spawn(async move {
                let (mut micros, mut wrong) = (Vec::new(), Vec::new());
                all_are_open.wait().await;
                let began = Instant::now();
                let mut due = tokio::time::interval_at((began + delay).into(), own_pace);
                while began.elapsed() < time {
                    let due_at = due.tick().await.into_std();
                    let shot = (target.shots)(target.next.fetch_add(1, Ordering::Relaxed));
                    // Whoever had to wait for an answer has waited since it was their turn; a timer is late by a
                    // millisecond at most.
                    let asked_at = Instant::now().min(due_at + Duration::from_millis(1));
                    let answer = send(&mut sender, shot.request).await;
                    micros.push(asked_at.elapsed().as_micros());
                    if !answer.contains(shot.expects) {
                        wrong.push(answer);
                    }
                }
                (micros, wrong)
            });
        }
        let began = Instant::now();
        let (mut micros, mut wrong) = (Vec::new(), Vec::new());
        for (mine, mine_wrong) in drivers.join_all().await {
            micros.extend(mine);
            wrong.extend(mine_wrong);
        }
        let seconds = began.elapsed().as_secs_f64();
        open.shutdown().await;
        Round::new(micros, seconds, wrong)
    }

    /// Asks once over each of `connections`, all at the same moment.
    pub async fn stampede(&self, connections: usize) -> Round {
        self.ask(connections, |asked, _| asked == 0).await
    }

    async fn ask(
        &self,
        connections: usize,
        goes_on: impl Fn(usize, Instant) -> bool + Copy + Send + 'static,
    ) -> Round {
        let all_are_open = Arc::new(Barrier::new(connections));
        let (mut drivers, mut open) = (JoinSet::new(), JoinSet::new());
        for _ in 0..connections {
            let (mut sender, connection) = connect(self.port).await;
            open.spawn(connection);
            let (target, all_are_open) = (self.clone(), all_are_open.clone());
            drivers.spawn(async move {
                let (mut micros, mut wrong) = (Vec::new(), Vec::new());
                all_are_open.wait().await;
                let began = Instant::now();
                while goes_on(micros.len(), began) {
                    let shot = (target.shots)(target.next.fetch_add(1, Ordering::Relaxed));
                    let asked_at = Instant::now();
                    let answer = send(&mut sender, shot.request).await;
                    micros.push(asked_at.elapsed().as_micros());
                    if !answer.contains(shot.expects) {
                        wrong.push(answer);
                    }
                }
                (micros, wrong)
            });
        }
        let began = Instant::now();
        let (mut micros, mut wrong) = (Vec::new(), Vec::new());
        for (mine, mine_wrong) in drivers.join_all().await {
            micros.extend(mine);
            wrong.extend(mine_wrong);
        }
        let seconds = began.elapsed().as_secs_f64();
        open.shutdown().await;
        Round::new(micros, seconds, wrong)
    }
}

impl Round {
    /// Of answers that took so many microseconds each, in so many seconds together.
    #[expect(clippy::cast_precision_loss, reason = "counts and microseconds far below 2^52")]
    pub fn new(mut micros: Vec<u128>, seconds: f64, wrong: Vec<String>) -> Self {
        micros.sort_unstable();
        let answers = micros.len();
        let at = |percent: usize| micros[(answers * percent / 100).min(answers - 1)] as f64 / 1000.0;
        Self {
            per_second: answers as f64 / seconds,
            p50_ms: at(50),
            p99_ms: at(99),
            max_ms: at(100),
            wrong,
            answers,
        }
    }

    /// Nothing is measured of answers that were not what was asked for.
    pub fn assert_right(self) -> Self {
        let count = self.wrong.len();
        assert!(count == 0, "{count} of {} answers were wrong, such as {}", self.answers, self.wrong[0]);
        self
    }
}

async fn connect(
    port: u16,
) -> (SendRequest<Full<Bytes>>, impl Future<Output = Result<(), hyper::Error>> + Send + use<>) {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    handshake(TokioIo::new(stream)).await.unwrap()
}

async fn send(sender: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> String {
    sender.ready().await.unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    format!("{status} {}", String::from_utf8_lossy(&body))
}
