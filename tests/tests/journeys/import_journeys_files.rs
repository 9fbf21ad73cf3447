//! Files of every kind as they come: in any encoding, packed, with cells that mean harm, damaged, or no table at all; and mappings
//! that are wrong.

use crate::import_reading::table::{HEADER, MAPPING, good, import};
use crate::import_reading::{count, gzip, register, report, told};
use crate::pages_reading::{encoded, is_a_page, words};
use yuti_tests::{Options, World, journey};

journey! {
    /// The same table in every encoding it may come in, packed and plain, is the same register.
    async fn every_encoding_is_the_same_register(world: Options::empty()) {
        let text = good();
        let (gb18030, _, broken) = encoding_rs::GB18030.encode(&text);
        assert!(!broken, "GB18030 holds every character");
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        let files = [
            ("utf8.csv", text.as_bytes().to_vec(), "UTF-8"),
            ("marked.csv", marked, "UTF-8"),
            ("gb.csv", gb18030.to_vec(), "GB18030"),
            ("packed.csv.gz", gzip(text.as_bytes()), "UTF-8"),
            ("gb.csv.gz", gzip(&gb18030), "GB18030"),
            ("two.csv.gz", [gzip(&text.as_bytes()[..40]), gzip(&text.as_bytes()[40..])].concat(), "UTF-8"),
        ];
        let anyone = world.anyone();
        let mut first = None;
        for (name, bytes, encoding) in files {
            let output = import(world, name, bytes, MAPPING).run().await;
            output.ok().says(encoding);
            let changed = told(&output, "created") + told(&output, "updated");
            assert_eq!(changed, if first.is_none() { 2 } else { 0 }, "{name}:\n{}", output.all());
            let now = register(&anyone).await;
            assert_eq!(first.get_or_insert_with(|| now.clone()), &now, "{name} is another register");
        }
        let lift = anyone.get("/v1/elevators/630001").await;
        assert_eq!((lift.at("/address"), lift.at("/district/code")), ("𠮷庆路 1 号".into(), "500108".into()));
        assert_eq!(lift.at("/inspection/valid_until"), "2027-06-30", "a month lasts to its last day");
        anyone.get(&format!("/zh/search?q={}", encoded("𠮷庆"))).await.is(200).says("渝梯小区");

        // A mapping that says the wrong encoding is told so.
        let wrong = format!("{MAPPING}\n[file]\nencoding = \"utf-8\"\n");
        import(world, "gb.csv", &gb18030, &wrong).run().await.exits(65).says("file.encoding");
        let wrong = format!("{MAPPING}\n[file]\nencoding = \"gb18030\"\n");
        import(world, "marked.csv", [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(), &wrong)
            .run()
            .await
            .exits(65)
            .says("UTF-8");
        assert_eq!(count(&anyone).await, 2);
    }
}

journey! {
    /// Cells that a spreadsheet would run as formulas, and cells that a browser would run as markup, are text: in the API, on the
    /// page, and disarmed in the report.
    async fn cells_are_text(world: Options::empty()) {
        let table = [
            HEADER,
            "640001,640001,500108,\"=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",<script>alert(1)</script>,@SUM(1),在用,2027-01-31",
            "=cmd|'/c calc'!A1,640002,500108,路,小区,物业,在用",
            "@x,+640003,-2+3,路,小区,物业",
            "",
        ]
        .join("\n");
        import(world, "cells.csv", table, MAPPING).run().await.ok();
        let anyone = world.anyone();
        let lift = anyone.get("/v1/elevators/640001").await;
        assert_eq!(lift.at("/address"), "=HYPERLINK(\"http://evil.example\",\"x\")");
        assert_eq!(lift.at("/using_unit/name"), "@SUM(1)");
        let page = anyone.get("/zh/e/640001").await;
        let html = is_a_page(page.is(200), "zh-CN", false);
        assert!(words(&html).contains("<script>alert(1)</script>"), "shown as it is: {page}");
        let rows = report(&world.file("cells.csv.reject.csv"));
        assert_eq!(rows.len(), 2, "{rows:#?}");
        for row in &rows {
            for (column, cell) in row {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{column} begins a formula: {cell:?}"
                );
            }
        }
    }
}

/// Asserts that a file is refused as a whole, in words, and that nothing of it went in.
async fn refused(world: &World, name: &str, bytes: impl AsRef<[u8]>, mapping: &str, says: &[&str]) {
    let output = import(world, name, bytes, mapping).run().await;
    output.exits(65).does_not_say("panicked");
    for words in says {
        output.says(words);
    }
    assert_eq!(count(&world.anyone()).await, 0, "{name} left something behind");
}

journey! {
    /// What is no table is refused before anything is written, with what it is and what to do.
    async fn what_is_no_table_is_refused(world: Options::empty()) {
        refused(world, "empty.csv", "", MAPPING, &["empty"]).await;
        for blank in ["\n\n  \n", "\n", "\r\n\r\n", "   ", " \n,,\n \n"] {
            refused(world, "blank.csv", blank, MAPPING, &["holds only blank lines", "Export the table again"]).await;
        }
        refused(world, "below.csv", format!(",,\n{}", good()), MAPPING, &["names the column"]).await;
        refused(world, "book.xlsx", b"PK\x03\x04\x14\0\x06\0xl/workbook.xml", MAPPING, &["xlsx", "CSV"])
            .await;
        refused(world, "book.csv", b"PK\x03\x04\x14\0\x06\0xl/workbook.xml", MAPPING, &["xlsx", "CSV"]).await;
        refused(world, "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1......", MAPPING, &["xls"]).await;
        refused(world, "paper.pdf", "%PDF-1.7 ...", MAPPING, &["PDF"]).await;
        refused(world, "page.csv", "<html><body>登录</body></html>", MAPPING, &["web page"]).await;
        refused(world, "data.json", "[{\"a\": 1}]", MAPPING, &["JSON"]).await;
        refused(world, "wide.csv", b"\xff\xfea\0,\0b\0\n\0", MAPPING, &["UTF-16"]).await;
        refused(world, "twice.csv.gz", gzip(&gzip(good().as_bytes())), MAPPING, &["packed twice"]).await;
        refused(world, "cut.csv.gz", &gzip(good().repeat(50).as_bytes())[..60], MAPPING, &["cut off"]).await;
        refused(world, "other.csv", "a,b,c\n1,2,3\n", MAPPING, &["注册代码"]).await;
        refused(
            world,
            "quote.csv",
            format!("{HEADER}\n1,\"{}", "x".repeat(2 << 20)),
            MAPPING,
            &["quotation mark", "line 2"],
        )
        .await;
        // A hundred megabytes of nothing in a hundred kilobytes.
        refused(world, "bomb.csv.gz", gzip(&bomb()), MAPPING, &["200 times"]).await;
        let small = format!("{MAPPING}\n[file.limits]\nunpacked_bytes = 200\n");
        refused(world, "large.csv", good(), &small, &["more than 200 bytes"]).await;

        let nowhere =
            |file: &str, mapping: &str| world.launch(["import", "elevators", file, "--mapping", mapping]);
        let mapping = world.write("good.toml", MAPPING);
        let mapping = mapping.to_string_lossy();
        nowhere("nowhere.csv", &mapping).run().await.exits(66).says("nowhere.csv").does_not_say("panicked");
        nowhere(".", &mapping).run().await.exits(66).does_not_say("panicked");
        let file = world.write("good.csv", good());
        nowhere(&file.to_string_lossy(), "nowhere.toml").run().await.exits(66).says("nowhere.toml");
        world.launch(["import", "elevators"]).args([file]).run().await.exits(2).says("--mapping");
        world.cli(["import"]).await.exits(2);
    }
}

/// Rows that pack very well, more than what is let through unlooked at.
fn bomb() -> Vec<u8> {
    let mut table = format!("{HEADER}\n").into_bytes();
    let row = format!("{}\n", ",".repeat(HEADER.matches(',').count()));
    table.extend(row.repeat((100 << 20) / row.len()).into_bytes());
    table
}

journey! {
    /// Everything wrong with a mapping is told at once, each with its line, its key and the mend, before the file is looked at.
    async fn a_wrong_mapping_is_told_whole(world: Options::empty()) {
        let wrong = r#"
[source]
key = "Some Table"
name_zh = "表"
licence = ""
colour = "red"

[file]
encoding = "latin1"
delimiter = "!"

[identity]
colum = "注册代码"

[[identifiers]]
kind = "passport"
column = "识别码"

[fields.use_status]
column = "状态"
map = { "在用" = "in_usage" }

[fields.inspection]
valid_until = { column = "有效期", formats = ["whenever"] }

[fields.colour]
column = "颜色"

[[filters]]
name = "x"
action = "delete"
reason = "y"
column = "状态"
equals = "报废"
"#;
        let output = import(world, "good.csv", good(), wrong).run().await;
        output.exits(65).does_not_say("panicked");
        let expected = [
            (3, "source.key"),
            (4, ""),
            (5, "source.licence"),
            (6, "source.colour"),
            (9, "file.encoding"),
            (10, "file.delimiter"),
            (13, "identity.colum"),
            (16, "passport"),
            (21, "in_use"),
            (24, "whenever"),
            (26, "fields.colour"),
            (31, "action"),
        ];
        for (line, key) in expected {
            if line != 4 {
                let told = output
                    .stderr
                    .lines()
                    .any(|text| text.contains(&format!("line {line},")) && text.contains(key));
                assert!(told, "nothing about {key} on line {line} in\n{}", output.all());
            }
        }
        output.says("name_en").says("did you mean").says("rescue_code");
        assert_eq!(count(&world.anyone()).await, 0);
        import(world, "good.csv", good(), "[source\nkey = 1")
            .run()
            .await
            .exits(65)
            .says("line 1")
            .does_not_say("panicked");
        let unknown = MAPPING.replace("column = \"地址\"", "column = \"地止\"");
        import(world, "good.csv", good(), &unknown).run().await.exits(65).says("地止").says("地址");
    }
}
