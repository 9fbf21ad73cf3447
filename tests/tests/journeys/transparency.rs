//! The seal over the audit trail, seen from outside: by whoever keeps heads, and by a verifier in another language that knows
//! nothing but docs/transparency.md.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use yuti_tests::{Caller, Launch, Lift, Options, Output, World, environment, journey};

/// Something done to a proof.
type Change = Box<dyn Fn(&mut Value)>;

/// The independent verifier.
pub async fn verifier(world: &World, args: &[&str]) -> Output {
    let python = environment::program("python3", "python3");
    let script = environment::repository().join("tests/verify/verify.py");
    // -B: no compiled files beside the script.
    let launch = Launch::new(python, &world.data_folder()).args(["-B"]).args([script]).args(args);
    launch.env("PYTHONUTF8", "1").run().await
}

/// One elevator in: an act of the operator, with its entry in the trail.
pub async fn act(world: &World, name: &str) {
    let code =
        format!("{}", 400_000 + name.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 90_000));
    world.import(name, &[Lift::new(&code)]).await;
}

/// The last head, once it covers so many entries.
pub async fn head_of(app: &Caller, size: u64) -> Value {
    for _ in 0..400 {
        let head = app.get("/v1/transparency/head").await.is(200).json();
        if head["size"].as_u64().unwrap() >= size {
            return head;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the head has not come to {size} entries");
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The key in use, as it is published.
pub async fn key(app: &Caller) -> String {
    let keys = app.get("/v1/transparency/keys").await.is(200).json();
    text(&keys["items"].as_array().unwrap().last().unwrap()["verifier_key"]).to_owned()
}

/// The entries of the trail, as the operator sees them.
pub async fn trail(world: &World) -> Vec<Value> {
    let output = world.cli(["audit", "list", "--json"]).await;
    output.ok().stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A proof of an entry, as a file.
pub async fn exported(world: &World, id: &str) -> std::path::PathBuf {
    let output = world.cli(["verify", "export", id]).await;
    world.write(&format!("entry-{id}.json"), &output.ok().stdout)
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

journey! {
    /// Somebody who has only the documentation follows the log: heads, every entry, and that nothing was rewritten between two visits.
    async fn an_independent_verifier_follows_the_log(world: Options::empty().generous()) {
        let app = world.anyone();
        let key = key(&app).await;
        act(world, "first").await;
        act(world, "second").await;
        let first = head_of(&app, 3).await;
        let older = world.write("older.txt", text(&first["checkpoint"]));
        verifier(world, &["head", "--key", &key, path(&older)]).await.ok().says("3 entries, signature holds");

        for name in ["third", "fourth", "fifth", "sixth"] {
            act(world, name).await;
        }
        let last = head_of(&app, 7).await;
        let newer = world.write("newer.txt", app.get("/v1/transparency/head?format=note").await.is(200).text());
        assert_eq!(std::fs::read_to_string(&newer).unwrap(), text(&last["checkpoint"]));
        let proof = app.get("/v1/transparency/consistency?from=3&to=7").await.is(200).json();
        assert_eq!((&proof["from_root"], &proof["to_root"]), (&first["root"], &last["root"]));
        let proof = world.write("consistency.json", proof.to_string());
        verifier(world, &["consistency", "--key", &key, path(&older), path(&newer), path(&proof)]).await.ok().says("of 7 entries begins with that of 3");

        let trail = trail(world).await;
        assert_eq!(trail.len(), 7);
        for row in &trail {
            let (id, place) = (row["entry"]["id"].to_string(), row["leaf_index"].as_u64().unwrap());
            let file = exported(world, &id).await;
            verifier(world, &["entry", "--key", &key, path(&file)]).await.ok().says(&format!("is number {place} under that head"));
            world.cli(["verify", "file", path(&file), "--key", &key]).await.ok().says("holds");
            // The same from what everybody can ask for.
            let public = app.get(&format!("/v1/transparency/entries/{place}")).await.is(200).json();
            let inclusion = app.get(&format!("/v1/transparency/inclusion?leaf={}", text(&public["leaf_hash"]))).await.is(200).json();
            assert_eq!(inclusion["leaf_index"], place);
            let proof = json!({"form": "yuti.proof.1", "entry": public["entry"], "leaf_index": place, "path": inclusion["path"],
                "checkpoint": inclusion["head"]["checkpoint"], "verifier_key": key});
            let file = world.write("public.json", proof.to_string());
            verifier(world, &["entry", "--key", &key, path(&file)]).await.ok();
        }
    }
}

journey! {
    /// Whatever is changed in a proof, a head or a key, both verifiers say no.
    async fn a_changed_byte_is_refused(world: Options::empty()) {
        let app = world.anyone();
        for name in ["first", "second", "third"] {
            act(world, name).await;
        }
        head_of(&app, 4).await;
        let known = key(&app).await;
        let file = exported(world, "2").await;
        let proof: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let flipped = |hash: &Value| format!("{}{}", if text(hash).starts_with('0') { '1' } else { '0' }, &text(hash)[1..]);
        let checkpoint = text(&proof["checkpoint"]).to_owned();
        let lines: Vec<&str> = checkpoint.lines().collect();
        let mut changes: Vec<(&str, Change)> = vec![
            ("act", Box::new(|proof| proof["entry"]["act"] = json!("import.begin"))),
            ("facts", Box::new(|proof| proof["entry"]["facts"]["rows"] = json!(2))),
            ("at", Box::new(|proof| proof["entry"]["at"] = json!("2026-11-23T04:00:00.000001Z"))),
            ("commitment", Box::new(move |proof| proof["entry"]["commitment"] = json!(flipped(&proof["entry"]["commitment"])))),
            ("place", Box::new(|proof| proof["leaf_index"] = json!(0))),
            ("path", Box::new(move |proof| proof["path"][0] = json!(flipped(&proof["path"][0])))),
            ("shorter path", Box::new(|proof| { proof["path"].as_array_mut().unwrap().pop(); })),
            ("longer path", Box::new(|proof| { let step = proof["path"][0].clone(); proof["path"].as_array_mut().unwrap().push(step); })),
            ("form", Box::new(|proof| proof["form"] = json!("yuti.proof.2"))),
            ("format", Box::new(|proof| proof["entry"]["format"] = json!("yuti.audit.2"))),
            ("fraction", Box::new(|proof| proof["entry"]["facts"]["rows"] = json!(1.5))),
            ("more", Box::new(|proof| proof["entry"]["more"] = json!(1))),
        ];
        for (place, what) in [(1, "size"), (2, "root"), (4, "signature"), (0, "origin")] {
            let old = lines[place];
            let new = match place {
                1 => "5".to_owned(),
                0 => old.replacen("yuti", "yuto", 1),
                // Within the base64, away from the padding.
                _ => { let at = old.len() - 12; format!("{}{}{}", &old[..at], if &old[at..=at] == "A" { 'B' } else { 'A' }, &old[at + 1..]) }
            };
            let mut changed: Vec<&str> = lines.clone();
            changed[place] = &new;
            let changed = changed.join("\n") + "\n";
            changes.push((what, Box::new(move |proof| proof["checkpoint"] = json!(changed))));
        }
        for (what, change) in changes {
            let mut changed = proof.clone();
            change(&mut changed);
            assert_ne!(changed, proof, "{what}");
            let file = world.write("changed.json", changed.to_string());
            verifier(world, &["entry", "--key", &known, path(&file)]).await.exits(1).says("DOES NOT HOLD");
            world.cli(["verify", "file", path(&file), "--key", &known]).await.exits(65).says("does not hold");
        }
        // Another key: of the right form, and of the wrong one.
        let file = world.write("proof.json", proof.to_string());
        let other = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        verifier(world, &["entry", "--key", other, path(&file)]).await.exits(1).says("not signed by this key");
        world.cli(["verify", "file", path(&file), "--key", other]).await.exits(65).says("no signature of the key");
        for broken in [known.replace('+', "-"), known[..known.len() - 4].to_owned(), "x".to_owned()] {
            verifier(world, &["entry", "--key", &broken, path(&file)]).await.exits(1);
            world.cli(["verify", "file", path(&file), "--key", &broken]).await.exits(65);
        }
        // The bytes of the key alone are enough, also in a file.
        let keys = app.get("/v1/transparency/keys").await.json();
        let bytes = world.write("seal.pub", text(&keys["items"][0]["public_key"]));
        verifier(world, &["entry", "--key", path(&bytes), path(&file)]).await.ok();
        world.cli(["verify", "file", path(&file), "--key", path(&bytes)]).await.ok();
        world.cli(["verify", "file", "nowhere.json", "--key", &known]).await.exits(66);
        let nonsense = world.write("nonsense.json", "{}");
        world.cli(["verify", "file", path(&nonsense), "--key", &known]).await.exits(65).says("is no proof");
    }
}

journey! {
    /// A head is JSON, a checkpoint or a line of a list; it is not sent again to whoever has it; and the list ends with it.
    async fn heads_come_in_every_form(world) {
        let app = world.anyone();
        let head = app.get("/v1/transparency/head").await;
        head.is(200).header_is("Cache-Control", "public, no-cache").header_is("Content-Type", "application/json");
        let fresh = app.with_header("If-None-Match", &head.header("ETag")).get("/v1/transparency/head").await;
        assert!(fresh.is(304).bytes().is_empty());
        let head = head.json();
        let note = app.with_header("Accept", "text/plain").get("/v1/transparency/head").await;
        assert_eq!(note.is(200).header_is("Content-Type", "text/plain; charset=utf-8").text(), text(&head["checkpoint"]));
        let lines: Vec<String> = note.text().lines().map(str::to_owned).collect();
        assert_eq!((lines.len(), lines[0].as_str(), lines[1].as_str(), lines[3].as_str()), (5, text(&head["origin"]), head["size"].to_string().as_str(), ""));
        app.get("/v1/transparency/head?format=ndjson").await.problem(400, "invalid_parameters").names_parameters(&["format"]);

        act_after_demo(world).await;
        head_of(&app, head["size"].as_u64().unwrap() + 1).await;
        let walked = app.walked("/v1/transparency/heads?limit=1").await;
        assert_eq!(walked, app.all("/v1/transparency/heads").await);
        let sizes: Vec<u64> = walked.iter().map(|head| head["size"].as_u64().unwrap()).collect();
        assert_eq!(sizes[0], 0, "the first head is that of the empty tree");
        assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]) && walked.contains(&head), "{sizes:?}");
        for pair in sizes.windows(2) {
            let proof = app.get(&format!("/v1/transparency/consistency?from={}&to={}", pair[0], pair[1])).await;
            proof.is(200);
        }
    }
}

/// An act where demonstration data stands.
async fn act_after_demo(world: &World) {
    let file = environment::repository().join("api/data/domain/holidays.json");
    world.cli(["calendar", "load", path(&file)]).await.ok();
}

journey! {
    /// Every bad parameter is named; what cannot be is told apart from what is badly written.
    async fn bad_parameters_are_named(world) {
        let app = world.anyone();
        let size = app.get("/v1/transparency/head").await.at("/size").as_u64().unwrap();
        let beyond = size + 1;
        for (query, names) in [
            ("inclusion?leaf=xyz", &["leaf"][..]),
            ("inclusion?leaf=00", &["leaf"]),
            ("inclusion?index=-1&size=x", &["index", "size"]),
            ("inclusion?index=1.5", &["index"]),
            ("inclusion?size=99999999999999999999", &["size"]),
            ("consistency?from=a&to=-2", &["from", "to"]),
            ("heads?limit=0&after=2", &["limit", "after"]),
            ("entries/0?size=1", &["size"]),
            ("keys?key=1", &["key"]),
        ] {
            app.get(&format!("/v1/transparency/{query}")).await.problem(400, "invalid_parameters").names_parameters(names);
        }
        let both = format!("inclusion?leaf={}&index=0", "0".repeat(64));
        app.get(&format!("/v1/transparency/{both}")).await.problem(400, "invalid_parameters").names_parameters(&["index"]);
        for (query, name) in [
            (format!("inclusion?index=0&size={beyond}"), "size"),
            (format!("inclusion?index={}&size=1", size - 1), "size"),
            ("inclusion?index=0&size=0".to_owned(), "size"),
            (format!("consistency?from=0&to={beyond}"), "to"),
            ("consistency?from=2&to=1".to_owned(), "from"),
        ] {
            let refused = app.reading("en").get(&format!("/v1/transparency/{query}")).await;
            refused.problem(422, "unprocessable").names_parameters(&[name]);
        }
        for query in [
            format!("inclusion?leaf={}", "0".repeat(64)),
            format!("inclusion?index={beyond}"),
            format!("entries/{beyond}"),
            "entries/-1".to_owned(),
            "entries/%2B0".to_owned(),
            "entries/00".to_owned(),
            "entries/x".to_owned(),
            "entries/99999999999999999999".to_owned(),
        ] {
            app.get(&format!("/v1/transparency/{query}")).await.problem(404, "log_entry_not_found");
        }
        app.get("/v1/transparency/heads?cursor=e30").await.problem(400, "invalid_cursor");
        app.get("/v1/transparency/consistency?from=0&to=0").await.is(200);
    }
}

journey! {
    /// Without parameters the newest is meant: the last entry, and how the last head follows from the one before.
    async fn without_parameters_the_newest_is_meant(world) {
        let app = world.anyone();
        let head = app.get("/v1/transparency/head").await.json();
        let inclusion = app.get("/v1/transparency/inclusion").await.is(200).json();
        assert_eq!(inclusion["leaf_index"].as_u64().unwrap() + 1, head["size"].as_u64().unwrap());
        assert_eq!((&inclusion["head"], &inclusion["root"]), (&head, &head["root"]));
        let consistency = app.get("/v1/transparency/consistency").await.is(200).json();
        assert_eq!((&consistency["to"], &consistency["to_root"]), (&head["size"], &head["root"]));
        let first = app.get("/v1/transparency/inclusion?index=0&size=1").await.is(200).json();
        assert_eq!((&first["root"], &first["path"]), (&first["leaf_hash"], &json!([])));
        let entry = app.get("/v1/transparency/entries/0").await.is(200).json();
        assert_eq!((&entry["leaf_hash"], &entry["entry"]["act"]), (&first["leaf_hash"], &json!("profile.adopt")));
        assert_eq!(app.get("/v1/transparency/entries/1").await.at("/entry/act"), "demonstration.make");
    }
}
