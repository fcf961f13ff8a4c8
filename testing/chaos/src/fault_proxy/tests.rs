//! Framing of arbitrarily split streams, and matching of statements.

use super::*;
use proptest::prelude::*;

fn tagged(tag: u8, body: &[u8]) -> Message {
    Message::Tagged { tag, body: body.to_vec() }
}

fn actions(point: Point, side: Side, messages: &[Message]) -> Vec<Action> {
    let mut matcher = StatementMatcher::new(point, side);
    messages.iter().map(|message| matcher.classify(message)).collect()
}

#[test]
fn simple_statements_are_told_apart() {
    for (point, text) in [
        (Point::Commit, "COMMIT"),
        (Point::Commit, " commit;"),
        (Point::Prepare, "PREPARE TRANSACTION 'citus_0_1_2_3'"),
        (Point::CommitPrepared, "COMMIT PREPARED 'citus_0_1_2_3'"),
        (Point::Place, "SELECT * FROM public.place_order($1)"),
    ] {
        for other in Point::ALL {
            let expected = if other == point { Action::CutAfter } else { Action::Forward };
            let message = tagged(b'Q', format!("{text}\0").as_bytes());
            assert_eq!(actions(other, Side::After, &[message]), [expected], "{other:?} and {text}");
        }
    }
}

#[test]
fn prepared_statements_are_followed_by_name_until_the_sync() {
    let messages = [
        tagged(b'P', b"s1\0SELECT place_order($1)\0\0\0"),
        tagged(b'P', b"s2\0SELECT 1\0\0\0"),
        tagged(b'S', b""),
        tagged(b'B', b"\0s2\0\0\0\0\0\0\0"),
        tagged(b'E', b"\0\0\0\0\0"),
        tagged(b'S', b""),
        tagged(b'B', b"\0s1\0\0\0\0\0\0\0"),
        tagged(b'E', b"\0\0\0\0\0"),
        tagged(b'S', b""),
    ];
    let found = actions(Point::Place, Side::Before, &messages);
    let at: Vec<_> = (0..found.len()).filter(|at| found[*at] != Action::Forward).collect();
    assert_eq!((at, found[8]), (vec![8], Action::CutBefore));
}

#[test]
fn a_prepared_commit_is_cut_before_its_execution() {
    let messages = [
        tagged(b'P', b"c\0COMMIT\0\0\0"),
        tagged(b'B', b"p\0c\0\0\0\0\0\0\0"),
        tagged(b'E', b"p\0\0\0\0\0"),
        tagged(b'S', b""),
    ];
    assert_eq!(actions(Point::Commit, Side::Before, &messages)[2], Action::CutBefore);
    assert_eq!(actions(Point::Commit, Side::After, &messages)[2..], [Action::Forward, Action::CutAfter]);
}

proptest! {
    #[test]
    fn messages_are_read_as_written(
        bodies in proptest::collection::vec((any::<u8>(), proptest::collection::vec(any::<u8>(), 0..60)), 0..12),
        piece in 1usize..40,
    ) {
        let mut sent = vec![Message::EncryptionRequest, Message::Startup(b"\0\x03\0\0user\0toast\0\0".to_vec())];
        sent.extend(bodies.into_iter().map(|(tag, body)| Message::Tagged { tag, body }));
        let mut wire = Vec::new();
        for message in &sent {
            message.write(&mut wire);
        }
        let mut frames = Frames::from_client();
        let mut read = Vec::new();
        for bytes in wire.chunks(piece) {
            frames.push(bytes);
            while let Some(message) = frames.next() {
                read.push(message);
            }
        }
        prop_assert_eq!(read, sent);
    }

    #[test]
    fn fuzz_messages(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut frames = Frames::from_client();
        frames.push(&bytes);
        let mut matcher = StatementMatcher::new(Point::Place, Side::After);
        while let Some(message) = frames.next() {
            let _ = matcher.classify(&message);
        }
    }
}

/// A server that responds to each message with its body and `ReadyForQuery`.
async fn echo(listener: TcpListener) {
    while let Ok((mut client, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut frames = Frames::from_client();
            let mut bytes = [0; 1_000];
            while let Ok(length @ 1..) = client.read(&mut bytes).await {
                frames.push(&bytes[..length]);
                while let Some(message) = frames.next() {
                    let mut out = Vec::new();
                    if let Message::Tagged { body, .. } = &message {
                        tagged(b'C', body).write(&mut out);
                    }
                    tagged(b'Z', b"I").write(&mut out);
                    client.write_all(&out).await.unwrap();
                }
            }
        });
    }
}

/// The bytes that a client receives after its startup and two statements, and the proxy's counts.
async fn client_receives(side: Side) -> (String, (u64, u64)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = listener.local_addr().unwrap().to_string();
    tokio::spawn(echo(listener));
    let cut = Cut { point: Point::Commit, side, every: 1 };
    let fault_proxy = FaultProxy::start("127.0.0.1:0", &upstream, cut).await.unwrap();
    fault_proxy.arm(true);
    let mut client = TcpStream::connect(fault_proxy.address).await.unwrap();
    let mut out = Vec::new();
    Message::EncryptionRequest.write(&mut out);
    client.write_all(&out).await.unwrap();
    let mut declined = [0];
    client.read_exact(&mut declined).await.unwrap();
    assert_eq!(declined, *b"N");
    for message in [Message::Startup(b"\0\x03\0\0".to_vec()), tagged(b'Q', b"INSERT\0"), tagged(b'Q', b"COMMIT\0")] {
        let mut out = Vec::new();
        message.write(&mut out);
        client.write_all(&out).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    let mut received = Vec::new();
    client.read_to_end(&mut received).await.unwrap();
    (String::from_utf8_lossy(&received).into_owned(), fault_proxy.counts())
}

#[tokio::test]
async fn the_connection_is_cut_at_the_commit_and_not_before() {
    for side in [Side::Before, Side::After] {
        let (received, counts) = client_receives(side).await;
        assert!(received.contains("INSERT") && !received.contains("COMMIT"), "{received:?}");
        assert_eq!(counts, (1, 1));
    }
}
