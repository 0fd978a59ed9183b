#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn strict(url: &str) -> bool {
    Guard::strict().allows(&Url::parse(url).unwrap()).is_ok()
}

fn private(url: &str) -> bool {
    Guard::with_private_networks().allows(&Url::parse(url).unwrap()).is_ok()
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
