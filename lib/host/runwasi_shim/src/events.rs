//! Tells containerd what happens to containers.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use containerd_shim::event::Event;
use containerd_shim::protos::EventsClient;
use containerd_shim::protos::shim::events::{Envelope, ForwardRequest};
use containerd_shim::protos::ttrpc::context::with_duration;
use containerd_shim::protos::ttrpc::{self, Client};
use containerd_shim::util::{connect, convert_to_any, timestamp};

/// How long containerd may take for one event.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is tried again to reach a containerd that is away.
const AGAIN: Duration = Duration::from_millis(200);
/// How long the last events may hold up the shim's end.
const GRACE: Duration = Duration::from_secs(2);

enum Item {
    Event(Box<ForwardRequest>),
    Flush(Sender<()>),
}

/// A queue of events, which are sent in their order. While containerd is away they wait
/// for the next one: it has to hear of each end.
#[derive(Clone)]
pub struct Events {
    queue: Sender<Item>,
    namespace: String,
}

impl Events {
    /// Events for the containerd at `address`, of containers in `namespace`.
    pub fn start(address: String, namespace: &str) -> Self {
        let (queue, items) = channel();
        thread::spawn(move || forward(&address, &items));
        Self {
            queue,
            namespace: namespace.to_owned(),
        }
    }

    /// Puts an event at the queue's end.
    pub fn send(&self, event: impl Event) {
        let mut envelope = Envelope::new();
        envelope.topic = event.topic();
        envelope.namespace = self.namespace.clone();
        envelope.timestamp = timestamp().ok().into();
        envelope.event = convert_to_any(Box::new(event)).ok().into();
        let mut request = ForwardRequest::new();
        request.envelope = Some(envelope).into();
        // The queue's other end lives as long as the process.
        let _ = self.queue.send(Item::Event(Box::new(request)));
    }

    /// Waits until all that is in the queue has been sent, but not for ever.
    pub fn flush(&self) {
        let (done, wait) = channel();
        let _ = self.queue.send(Item::Flush(done));
        let _ = wait.recv_timeout(GRACE);
    }
}

fn forward(address: &str, items: &Receiver<Item>) {
    let mut client = None;
    for item in items {
        match item {
            Item::Event(request) => {
                while !send(address, &mut client, &request) {
                    thread::sleep(AGAIN);
                }
            }
            Item::Flush(done) => drop(done.send(())),
        }
    }
}

/// Whether containerd has got the event, or has refused it: then there is no use in
/// trying again.
fn send(address: &str, client: &mut Option<EventsClient>, request: &ForwardRequest) -> bool {
    if client.is_none() {
        let connected = connect(address).ok().and_then(|fd| Client::new(fd).ok());
        *client = connected.map(EventsClient::new);
    }
    let Some(connected) = client else {
        return false;
    };
    match connected.forward(with_duration(PATIENCE), request) {
        Ok(_) | Err(ttrpc::Error::RpcStatus(_)) => true,
        Err(_) => {
            *client = None;
            false
        }
    }
}
