#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use std::os::unix::ffi::OsStringExt as _;

use super::*;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let find = |name: &str| {
        environment.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(*value))
    };
    Config::read(Some(("own.toml", text)), &find)
}

#[test]
fn the_defaults_are_whole_and_valid() {
    let config = Config::read(None, &|_| None).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert!(config.database().starts_with("sqlite://./data/yuti.sqlite"));
}

#[test]
fn a_file_overrides_and_the_environment_overrides_the_file() {
    let config =
        read("listen = '127.0.0.1:1'\n[log]\nformat = 'json'", &[("YUTI_LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.log.format, LogFormat::Json);
    assert!(config.log.level.starts_with("info"));
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let errors = read("lisen = 'x'\n[http]\nmax_body = 1", &[]).unwrap_err();
    assert_eq!(errors.0.len(), 2);
    assert!(errors.to_string().contains("did you mean `listen`?"), "{errors}");
    assert!(errors.to_string().contains("http.max_body"), "{errors}");
}

#[test]
fn every_wrong_value_is_named_at_once_with_the_variable_it_came_from() {
    let errors = read(
        "shutdown_seconds = 'soon'\n[limits.burst]\nquota = 'many'",
        &[("YUTI_LISTEN", "everywhere"), ("YUTI_DEMO", "perhaps")],
    )
    .unwrap_err();
    let keys: Vec<&str> = errors.0.iter().map(|error| error.key.as_str()).collect();
    assert_eq!(
        keys,
        ["demo (from YUTI_DEMO)", "limits.burst.quota", "listen (from YUTI_LISTEN)", "shutdown_seconds"]
    );
}

#[test]
fn values_that_mean_nothing_are_refused_with_the_mend() {
    let errors = read(
        "public_url = 'yuti'\ndatabase_url = 'mysql://x'\ndatabase_connections = 0\nredis_url = 'nope'\n[scans]\nconnections = 0\nwait_seconds = 61\nseconds = 0\n[limits.pages]\nquota = 0\n[costs]\nlist = 200\n[seal]\norigin = 'a log'\n[accounts.hash]\nmemory_kib = 4\n[accounts.units]\nidle_minutes = 99999",
        &[("YUTI_METRICS_LISTEN", "x"), ("YUTI_LOG", "a=b=c")],
    )
    .unwrap_err();
    let keys: Vec<&str> = errors.0.iter().map(|error| error.key.as_str()).collect();
    let expected = [
        "accounts.hash.memory_kib",
        "accounts.units.idle_minutes",
        "costs.list",
        "database_connections",
        "database_url",
        "limits.pages",
        "log.level (from YUTI_LOG)",
        "metrics.listen (from YUTI_METRICS_LISTEN)",
        "public_url",
        "redis_url",
        "scans.connections",
        "scans.seconds",
        "scans.wait_seconds",
        "seal.origin",
    ];
    assert_eq!(keys, expected);
    assert!(errors.0.iter().all(|error| !error.mend.is_empty()));
}

fn keys(errors: &ConfigErrors) -> Vec<&str> {
    errors.0.iter().map(|error| error.key.as_str()).collect()
}

#[test]
fn one_fault_hides_no_other() {
    let errors = read(
        "lisen = 'x'\nshutdown_seconds = 'soon'\nworkers = 2\n[http]\nbody_seconds = 0\nmax_body = 1",
        &[("YUTI_PUBLIC_URL", "ftp://x"), ("YUTI_DEMO", "perhaps")],
    )
    .unwrap_err();
    let expected = [
        "demo (from YUTI_DEMO)",
        "http.body_seconds",
        "http.max_body",
        "lisen",
        "public_url (from YUTI_PUBLIC_URL)",
        "shutdown_seconds",
    ];
    assert_eq!(keys(&errors), expected);
    let errors = read("listen = ", &[("YUTI_METRICS_LISTEN", "x")]).unwrap_err();
    assert_eq!(keys(&errors), ["metrics.listen (from YUTI_METRICS_LISTEN)", "own.toml"]);
}

#[test]
fn a_variable_that_is_no_text_is_told_and_not_left_out() {
    for variable in ["YUTI_LISTEN", "YUTI_DATA_DIR", "YUTI_CLOCK_FILE", "YUTI_VAULT_KEY"] {
        let find = |name: &str| (name == variable).then(|| OsString::from_vec(vec![b'x', 0xff]));
        let errors = Config::read(None, &find).unwrap_err();
        assert_eq!(keys(&errors), [variable]);
        assert!(errors.to_string().contains("UTF-8"), "{errors}");
    }
}

#[test]
fn the_public_address_is_a_server_and_nothing_else() {
    for wrong in [
        "https://user:pw@yuti.example",
        "https://user@yuti.example",
        "https://yuti.example/portal",
        "https://yuti.example//x",
        "https://yuti.example?x",
        "https://yuti.example#x",
        "https://",
        "https://:8080",
        "https://yuti.example:0",
        "https://yuti.example:99999",
        "https://yuti example",
        "https:yuti.example",
        "//yuti.example",
        "javascript:alert(1)",
    ] {
        let errors = read(&format!("public_url = '{wrong}'"), &[]).unwrap_err();
        assert_eq!(keys(&errors), ["public_url"], "{wrong}");
        assert!(!errors.to_string().contains("pw"), "{errors}");
    }
    for (right, kept) in [
        ("https://yuti.example", "https://yuti.example"),
        ("https://yuti.example/", "https://yuti.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("", ""),
    ] {
        assert_eq!(read(&format!("public_url = '{right}'"), &[]).unwrap().public_url, kept);
    }
}

#[test]
fn metrics_have_an_address_of_their_own() {
    for (listen, metrics) in [
        ("127.0.0.1:9091", "127.0.0.1:9091"),
        ("0.0.0.0:9091", "127.0.0.1:9091"),
        ("127.0.0.1:9091", "0.0.0.0:9091"),
        ("[::]:9091", "127.0.0.1:9091"),
    ] {
        let errors = read(&format!("listen = '{listen}'\n[metrics]\nlisten = '{metrics}'"), &[]).unwrap_err();
        assert_eq!(keys(&errors), ["metrics.listen"], "{listen} {metrics}");
    }
    for (listen, metrics) in
        [("127.0.0.1:0", "127.0.0.1:0"), ("127.0.0.1:9091", "127.0.0.2:9091"), ("127.0.0.1:9091", "")]
    {
        assert!(read(&format!("listen = '{listen}'\n[metrics]\nlisten = '{metrics}'"), &[]).is_ok());
    }
}
