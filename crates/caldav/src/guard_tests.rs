#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::net::TcpListener;

use super::*;

/// What is no URL is asked by nobody.
fn allows(guard: &Guard, url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| guard.allows(&url).is_ok())
}

fn strict(url: &str) -> bool {
    allows(&Guard::strict(), url)
}

fn private(url: &str) -> bool {
    allows(&Guard::with_private_networks(), url)
}

/// Every way to spell an address of IPv4 in a URL's host.
fn spellings(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let number = address.to_bits();
    let (low, high, last) = (number & 0x00ff_ffff, u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let wide =
        |char: char| char.to_digit(10).map_or('\u{ff0e}', |digit| char::from_u32(0xff10 + digit).unwrap());
    vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{number}"),
        format!("{number:#x}"),
        format!("0{number:o}"),
        format!("{a}.{low}"),
        format!("{a}.{b}.{last}"),
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("000{a:o}.{b:#x}.{last}"),
        format!("%30x{number:x}"),
        address.to_string().chars().map(wide).collect(),
        format!("{a}\u{3002}{b}\u{3002}{c}\u{3002}{d}"),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::ffff:{high:x}:{last:x}]"),
        format!("[0:0:0:0:0:FFFF:{high:X}:{last:X}]"),
        format!("[::{a}.{b}.{c}.{d}]"),
        format!("[64:ff9b::{a}.{b}.{c}.{d}]"),
        format!("[64:ff9b::{high:x}:{last:x}]"),
        format!("[2002:{high:x}:{last:x}::]"),
        format!("[2002:{high:x}:{last:x}::1]"),
    ]
}

#[test]
fn w14_no_spelling_of_an_address_of_ours_or_of_nobodys_is_asked() {
    let mut tried = 0;
    for address in [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
    ] {
        for host in spellings(address.parse().unwrap()) {
            for url in [format!("https://{host}/dav/"), format!("https://{host}:8443/latest/meta-data")] {
                assert!(!strict(&url), "{url}: {address}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 300, "{tried}");
    // The same spellings of somebody's public server lead there, or they would prove nothing.
    for host in spellings(Ipv4Addr::new(93, 184, 215, 14)) {
        assert!(strict(&format!("https://{host}/dav/")), "{host}");
    }
}

/// Other addresses, tricks of URLs, schemes and ports.
const OTHERS: &[&str] = &[
    "https://0/",
    "https://0.0.0.0/",
    "https://0x0/",
    "https://00/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.255.255.254/",
    "https://172.31.255.255/",
    "https://100.127.255.254/",
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.19.255.255/",
    "https://198.51.100.7/",
    "https://203.0.113.9/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://4294967295/",
    "https://4294967296/",
    "https://256.0.0.1/",
    "https://1.2.3.4.5/",
    "https://0x100000000/",
    "https://[::]/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[0000:0000:0000:0000:0000:0000:0000:0001]/",
    "https://[::1%25lo]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b:1::127.0.0.1]/",
    "https://[64:ff9b:1:7f00:0:100::]/",
    "https://[2001::1]/",
    "https://[2001:0:7f00:1::]/",
    "https://[2001:10::1]/",
    "https://[2001:20::1]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[100::1]/",
    "https://[5f00::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fd12:3456:789a::1]/",
    "https://[fdff:ffff::1]/",
    "https://[fe80::1]/",
    "https://[febf::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[ff0e::1]/",
    "https://\u{2460}\u{2461}\u{2466}.\u{24ea}.\u{24ea}.\u{2460}/",
    "https://\u{1d7cf}\u{1d7d0}\u{1d7d5}.0.0.1/",
    "https://127\u{ff61}0\u{ff61}0\u{ff61}1/",
    "https://127.0.0.%31/",
    "https:\\\\127.0.0.1\\",
    "https:127.0.0.1",
    "https:///127.0.0.1/",
    "https://127.0.0.1\t/",
    "https://12\n7.0.0.1/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1:443@example.com/",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://:secret@example.com/",
    "https://example.com%40127.0.0.1/",
    "https://example.com#@127.0.0.1:22/@",
    "https://127.0.0.1#@example.com/",
    "https://127.0.0.1?@example.com/",
    "https://127.0.0.1\\@example.com/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:53/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:1023/",
    "https://example.com:1024/",
    "https://example.com:2375/",
    "https://example.com:5432/",
    "https://example.com:6379/",
    "https://example.com:8443/",
    "https://example.com:9200/",
    "https://example.com:65535/",
    "https://example.com:65536/",
    "https://example.com:-1/",
    "http://example.com/",
    "http://example.com:443/",
    "HTTP://EXAMPLE.COM/",
    "ftp://example.com/",
    "ftps://example.com/",
    "sftp://example.com/",
    "gopher://example.com:6379/_FLUSHALL",
    "dict://example.com:11211/stats",
    "file:///etc/passwd",
    "file://example.com/etc/passwd",
    "ldap://example.com/",
    "tftp://example.com/x",
    "jar:https://example.com/x!/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "ws://example.com/",
    "wss://example.com/",
    "unix:///var/run/docker.sock",
    "blob:https://example.com/x",
    "https://",
    "https:///",
    "//127.0.0.1/",
    "127.0.0.1",
    "",
];

#[test]
fn w14_no_other_form_scheme_or_port_gets_past() {
    for url in OTHERS.iter().copied() {
        // One names a public host and hides another behind `#`: what is asked is the first.
        let is_of_the_first = url == "https://example.com#@127.0.0.1:22/@";
        assert_eq!(strict(url), is_of_the_first, "{url:?}");
    }
    for url in ["https://example.com/", "https://example.com:443/", "HTTPS://EXAMPLE.COM/"] {
        assert!(strict(url), "{url}");
    }
}

#[test]
fn w14_a_port_that_somebody_has_allowed_is_asked_and_no_other_and_nowhere_else() {
    let guard = Guard::strict().and_ports(vec![8443, 5001]);
    for (url, is_asked) in [
        ("https://example.com/", true),
        ("https://example.com:8443/", true),
        ("https://example.com:5001/", true),
        ("https://example.com:5002/", false),
        ("http://example.com:8443/", false),
        ("https://127.0.0.1:8443/", false),
        ("https://user@example.com:8443/", false),
    ] {
        assert_eq!(allows(&guard, url), is_asked, "{url}");
    }
    assert!(!guard.allows_address(IpAddr::from([10, 0, 0, 8])));
}

/// What a name leads to, differently each time that somebody looks.
struct Rebinding {
    guard: Guard,
    answers: Arc<Mutex<VecDeque<Vec<SocketAddr>>>>,
}

impl Resolve for Rebinding {
    fn resolve(&self, _: Name) -> Resolving {
        let found = self.answers.lock().unwrap().pop_front().unwrap();
        let permitted = self.guard.permitted(found.into_iter());
        Box::pin(async move { Ok(permitted?) })
    }
}

#[tokio::test]
async fn w14_a_name_that_is_bound_anew_is_asked_only_where_it_was_looked_at() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    let metadata = SocketAddr::from(([169, 254, 169, 254], 80));
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    // A permitted one between two that are not, then nothing but one that is not; and whoever looks again falls over.
    let answers = Arc::new(Mutex::new(VecDeque::from([vec![metadata, here, metadata], vec![metadata]])));
    let names = Rebinding { guard: Guard::with_private_networks(), answers: answers.clone() };
    let http = client_of(names, Duration::from_secs(5)).unwrap();
    let url = format!("http://calendar.example:{port}/");
    let answered = async {
        let (asked, _) = server.accept().await.unwrap();
        let mut head = [0; 1024];
        let read = loop {
            asked.readable().await.unwrap();
            if let Ok(read) = asked.try_read(&mut head) {
                break read;
            }
        };
        asked.try_write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&head[..read]).into_owned()
    };
    let (answer, asked) = tokio::join!(http.get(&url).send(), answered);
    assert_eq!(answer.unwrap().status(), 204);
    assert!(asked.to_lowercase().contains("host: calendar.example"), "{asked}");
    assert_eq!(answers.lock().unwrap().len(), 1, "looked up once for one connection");
    let refused = http.get(&url).send().await.unwrap_err();
    assert!(matches!(Error::transport(refused), Error::NotAllowed));
    assert!(answers.lock().unwrap().is_empty());
}

#[test]
fn a_clinic_cannot_name_an_address_of_our_own_network() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "10.0.0.8",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[2002:7f00:1::]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[2001::1]",
    ] {
        assert!(!strict(&format!("https://{host}/dav/")), "{host}");
    }
}

#[test]
fn public_servers_may_be_asked() {
    for host in ["caldav.icloud.com", "93.184.215.14", "[2606:4700::1111]", "172.32.0.1", "100.128.0.1"] {
        assert!(strict(&format!("https://{host}/dav/")), "{host}");
    }
}

#[test]
fn a_password_never_goes_out_in_the_clear_or_comes_in_with_an_address() {
    for url in ["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://u:p@example.com/"]
    {
        assert!(!strict(url), "{url}");
    }
    assert!(private("http://192.168.1.9:5232/") && !private("ftp://192.168.1.9/"));
}

#[test]
fn no_setting_opens_the_addresses_where_clouds_hand_out_credentials() {
    for host in
        ["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "100.100.100.200"]
    {
        assert!(!private(&format!("http://{host}/")), "{host}");
        assert!(!strict(&format!("https://{host}/")), "{host}");
    }
    for host in ["127.0.0.1", "[::1]", "10.1.2.3", "[fd12::1]", "localhost"] {
        assert!(private(&format!("http://{host}/")), "{host}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused_when_it_is_looked_up() {
    let http = http_client(Guard::strict(), Duration::from_secs(5)).unwrap();
    let refused = http.get("https://localhost/").send().await.unwrap_err();
    assert!(matches!(Error::transport(refused), Error::NotAllowed));
}
