//! A collector of OpenTelemetry that is as good or bad as a test wants: it takes traces and metrics over HTTP, and reads them
//! with the types of `opentelemetry-proto`.

use crate::until;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// What a request gets.
#[derive(Clone, Debug)]
pub enum Reply {
    /// It is taken.
    Ok,
    /// It is taken but for so many of its spans or points, for this reason.
    Partly(i64, &'static str),
    /// This status, with a header line or none and this text, as `google.rpc.Status` has it.
    Status(u16, &'static str, &'static str),
    /// It is taken, and the connection ends before the answer.
    Cut,
    /// Nothing, for ever.
    Silence,
}

/// A request that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// `/v1/traces`.
    pub path: String,
    /// Its headers, as they were sent.
    pub headers: Vec<String>,
    /// Who sends.
    pub resource: Resource,
    /// The spans in it.
    pub spans: Vec<Span>,
    /// The metrics in it.
    pub metrics: Vec<Metric>,
}

type Script = Box<dyn Fn(usize, &Taken) -> Reply + Send + Sync>;

/// See the module. It ends with its holder.
pub struct Collector {
    address: SocketAddr,
    state: Arc<State>,
    listening: Option<JoinHandle<()>>,
}

struct State {
    script: Script,
    is_over: AtomicBool,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    asked: usize,
    taken: Vec<Taken>,
    /// Connections on which nothing will ever be said.
    silent: Vec<TcpStream>,
}

impl Collector {
    /// One that takes everything, on a free port.
    pub fn start() -> Self {
        Self::scripted(|_, _| Reply::Ok)
    }

    /// One that answers by the number of the request, from 1, and by what is in it.
    pub fn scripted(script: impl Fn(usize, &Taken) -> Reply + Send + Sync + 'static) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), script)
    }

    /// The same at an address, such as that of one that has ended.
    pub fn at(address: SocketAddr, script: impl Fn(usize, &Taken) -> Reply + Send + Sync + 'static) -> Self {
        let listener = until("a free port", || TcpListener::bind(address).ok());
        let address = listener.local_addr().expect("an address");
        let state = State { script: Box::new(script), is_over: AtomicBool::new(false), log: Mutex::default() };
        let state = Arc::new(state);
        let listening = std::thread::spawn({
            let state = Arc::clone(&state);
            move || listen(&listener, &state)
        });
        Self { address, state, listening: Some(listening) }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same for a configuration.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests came, taken or not.
    pub fn asked(&self) -> usize {
        self.state.log().asked
    }

    /// All that was taken, in order.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.log().taken.clone()
    }

    /// All spans that were taken; what came twice is there once, as in any store of traces.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for span in self.taken().into_iter().flat_map(|it| it.spans) {
            if !spans.iter().any(|it| it.span_id == span.span_id) {
                spans.push(span);
            }
        }
        spans
    }

    /// The last message of metrics that was taken.
    pub fn metrics(&self) -> Option<Taken> {
        self.taken().into_iter().rfind(|it| !it.metrics.is_empty())
    }

    /// Waits for something that it was sent.
    pub fn until<T>(&self, what: &str, mut find: impl FnMut(&Self) -> Option<T>) -> T {
        until(what, || find(self))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        // The listener looks up when somebody knocks.
        drop(TcpStream::connect(self.address));
        drop(self.listening.take().map(JoinHandle::join));
    }
}

impl State {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text of an attribute; nothing if there is none, or it is no text.
pub fn attribute<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a str> {
    match attributes.iter().find(|it| it.key == name)?.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}

fn listen(listener: &TcpListener, state: &Arc<State>) {
    for stream in listener.incoming().map_while(Result::ok) {
        if state.is_over.load(Ordering::SeqCst) {
            return;
        }
        let state = Arc::clone(state);
        // Whoever hangs up wants no more.
        std::thread::spawn(move || drop(serve(stream, &state)));
    }
}

fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some((path, headers, body)) = request(&mut stream)? {
        if state.is_over.load(Ordering::SeqCst) {
            return Ok(());
        }
        let got = decoded(path, headers, &body)?;
        let reply = {
            let mut log = state.log();
            log.asked += 1;
            let reply = (state.script)(log.asked, &got);
            if matches!(reply, Reply::Ok | Reply::Partly(..) | Reply::Cut) {
                log.taken.push(got.clone());
            }
            reply
        };
        match reply {
            Reply::Cut => return Ok(()),
            Reply::Silence => {
                state.log().silent.push(stream.into_inner());
                return Ok(());
            }
            reply => stream.get_mut().write_all(&answer(&got.path, &reply))?,
        }
    }
    Ok(())
}

type Request = (String, Vec<String>, Vec<u8>);

fn request(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let (mut lines, mut length) = (Vec::new(), None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = Some(text.parse().map_err(io::Error::other)?);
        }
        lines.push(line);
    }
    // Most servers of the world want to know it, of an empty body as well.
    let mut body = vec![0; length.ok_or_else(|| io::Error::other("no `content-length`"))?];
    stream.read_exact(&mut body)?;
    let path = lines.first().and_then(|it| it.split(' ').nth(1)).unwrap_or_default().to_owned();
    Ok(Some((path, lines.split_off(1), body)))
}

fn decoded(path: String, headers: Vec<String>, body: &[u8]) -> io::Result<Taken> {
    let mut taken = Taken { path, headers, resource: Resource::default(), spans: Vec::new(), metrics: Vec::new() };
    if taken.path.ends_with("/v1/traces") {
        for one in ExportTraceServiceRequest::decode(body).map_err(io::Error::other)?.resource_spans {
            taken.resource = one.resource.unwrap_or_default();
            taken.spans.extend(one.scope_spans.into_iter().flat_map(|it| it.spans));
        }
    } else {
        for one in ExportMetricsServiceRequest::decode(body).map_err(io::Error::other)?.resource_metrics {
            taken.resource = one.resource.unwrap_or_default();
            taken.metrics.extend(one.scope_metrics.into_iter().flat_map(|it| it.metrics));
        }
    }
    Ok(taken)
}

fn answer(path: &str, reply: &Reply) -> Vec<u8> {
    let (status, header, body) = match *reply {
        Reply::Status(status, header, text) => {
            // `google.rpc.Status`, written by hand: field 2, a text of less than 128 bytes.
            let length = u8::try_from(text.len()).unwrap_or_default();
            (status, header, [&[0x12, length], text.as_bytes()].concat())
        }
        Reply::Partly(rejected, why) => (200, "", partly(path, rejected, why)),
        _ => (200, "", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\n{header}content-type: application/x-protobuf\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

fn partly(path: &str, rejected: i64, why: &str) -> Vec<u8> {
    let error_message = why.to_owned();
    if path.ends_with("/v1/traces") {
        let partial = ExportTracePartialSuccess { rejected_spans: rejected, error_message };
        return ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    }
    let partial = ExportMetricsPartialSuccess { rejected_data_points: rejected, error_message };
    ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec()
}
