use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const LOCAL: Policy = Policy {
    addresses: Addresses::Any,
    body_limit: 1000,
    connect: Duration::from_millis(500),
    total: Duration::from_millis(700),
    ..Policy::STRICT
};

/// Answers every connection with these bytes and nothing else.
async fn speaker(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            assert!(socket.read(&mut request).await.unwrap() > 0);
            socket.write_all(answer.as_bytes()).await.unwrap();
            if answer.is_empty() {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    });
    format!("http://{address}")
}

async fn get(policy: Policy, address: &str) -> Result<Response<Vec<u8>>, NetError> {
    let request = Request::get(format!("{address}/token?secret=1")).body(Vec::new()).unwrap();
    Http::new(policy).unwrap().send(request).await
}

#[tokio::test]
async fn an_answer_comes_with_status_headers_and_body() {
    let address = speaker("HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 2\r\n\r\nno".to_owned()).await;

    let answer = get(LOCAL, &address).await.unwrap();

    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (404, b"no".as_slice()));
    assert_eq!(answer.headers()["x-a"], "b");
}

#[tokio::test]
async fn a_redirect_is_an_error_that_says_where_to() {
    let to = "https://elsewhere.example/x?secret=1";
    let address = speaker(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")).await;

    let error = get(LOCAL, &address).await.unwrap_err();

    assert!(matches!(&error, NetError::Redirect { to, .. } if to == "https://elsewhere.example"));
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_whether_announced_or_not() {
    let announced =
        speaker(format!("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{}", "x".repeat(1001))).await;
    let endless = speaker(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(2000))).await;
    let fits = speaker(format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}", "x".repeat(1000))).await;

    assert!(matches!(get(LOCAL, &announced).await, Err(NetError::TooLarge { limit: 1000, .. })));
    assert!(matches!(get(LOCAL, &endless).await, Err(NetError::TooLarge { .. })));
    assert_eq!(get(LOCAL, &fits).await.unwrap().body().len(), 1000);
}

#[tokio::test]
async fn silence_ends_after_the_time_allowed() {
    let address = speaker(String::new()).await;

    let error = get(LOCAL, &address).await.unwrap_err();

    assert!(matches!(&error, NetError::TimedOut { .. }) && error.transient(), "{error:?}");
}

#[tokio::test]
async fn nobody_there_is_told_from_nobody_allowed() {
    let nobody = get(LOCAL, "http://127.0.0.1:1").await.unwrap_err();
    let forbidden = get(Policy::STRICT, "http://127.0.0.1:1").await.unwrap_err();

    assert!(matches!(&nobody, NetError::Unreachable { .. }), "{nobody:?}");
    assert!(!format!("{nobody:?}").contains("secret"), "{nobody:?}");
    assert!(matches!(forbidden, NetError::Private { .. }));
}

#[tokio::test]
async fn a_name_for_this_machine_is_refused_where_it_is_resolved() {
    // the written name passes; what it resolves to does not
    let name: reqwest::dns::Name = "localhost".parse().unwrap();

    let refused = reqwest::dns::Resolve::resolve(&Checked, name).await.err().unwrap();

    assert!(refused.is::<address::NotPublic>(), "{refused}");
}

#[test]
fn the_strict_policy_wants_https_public_hosts_and_no_credentials() {
    let strict = Http::new(Policy::STRICT).unwrap();
    let judge = |text: &str| strict.allowed(&Url::parse(text).unwrap());

    assert!(judge("https://provider.example/x").is_ok());
    assert!(matches!(judge("http://provider.example/x"), Err(NetError::Plain { .. })));
    assert!(matches!(judge("ftp://provider.example/x"), Err(NetError::Plain { .. })));
    assert!(matches!(judge("https://user:pass@provider.example/"), Err(NetError::Credentials { .. })));
    for inside in
        ["https://10.0.0.1", "https://[::1]", "http://localhost", "https://0x7f.1", "https://169.254.169.254"]
    {
        assert!(matches!(judge(inside), Err(NetError::Private { .. })), "{inside}");
    }
}

#[test]
fn a_policy_that_allows_any_address_still_wants_https_beyond_this_machine() {
    let any = Http::new(Policy { addresses: Addresses::Any, ..Policy::STRICT }).unwrap();
    let judge = |text: &str| any.allowed(&Url::parse(text).unwrap());

    assert!(judge("http://127.0.0.1:3000").is_ok() && judge("https://10.0.0.1").is_ok());
    assert!(matches!(judge("http://10.0.0.1"), Err(NetError::Plain { .. })));
    let plain = Policy { addresses: Addresses::Any, plain_http: PlainHttp::Anywhere, ..Policy::STRICT };
    assert!(Http::new(plain).unwrap().allowed(&Url::parse("http://10.0.0.1").unwrap()).is_ok());
}
