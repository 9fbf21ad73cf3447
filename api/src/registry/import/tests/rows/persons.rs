//! Persons in rows, and the numbers that elevators are known by.

use yuti_openapi::vocabulary::QualityFlag;

use super::{elevator, flags, mapping};

#[tokio::test]
async fn a_person_s_own_number_is_kept_nowhere() {
    let mapping = mapping(
        "[fields.duty_phone]\ncolumn = \"phone\"\n[fields.address]\ncolumn = \"address\"\n[fields.contract]\ncolumn = \"contract\"",
    );
    let header = ["key", "phone", "address", "contract"];
    for phone in
        ["13812345678", "138-1234-5678", "+86 13812345678", "023-63636363/13812345678", "张三 13812345678"]
    {
        let row = ["1", phone, "解放碑 1 号 张三13812345678", "13812345678"];
        let found = elevator(&mapping, &header, &row).await;
        assert_eq!(found.facts.duty_phone, None, "{phone}");
        let told = flags(&found.facts);
        assert!(told.contains(&(QualityFlag::PersonalDataHidden, "duty_phone")), "{told:?}");
        let all = serde_json::to_string(&found.facts).unwrap();
        assert!(!all.replace('-', "").contains("13812345678"), "{all}");
    }
    let line = elevator(&mapping, &header, &["1", "023-63636363 转 8", "", ""]).await;
    assert_eq!(line.facts.duty_phone.as_deref(), Some("023-63636363 转 8"));
}

/// A person who uses an elevator at home is no public fact: initial and a key, and the source's words nowhere.
#[tokio::test]
async fn a_person_as_using_unit_is_hidden_and_an_organisation_is_not() {
    let mapping = mapping(
        "[fields.using_unit.name]\ncolumn = \"user\"\n[fields.using_unit.code]\ncolumn = \"code\"\n[fields.maintenance_unit.name]\ncolumn = \"keeper\"",
    );
    let header = ["key", "user", "code", "keeper"];
    for (user, code, shown) in [
        ("张三丰", "", "张**（个人 "),
        ("欧阳若兰", "11010519491231002X", "欧阳**（个人 "),
        ("冉小红（业主）", "待补", "冉**（个人 "),
        // This number passes the check of a unit's code as well.
        ("李雷", "500103190101019994", "李*（个人 "),
    ] {
        let found = elevator(&mapping, &header, &["1", user, code, "郑州通"]).await.facts;
        let name = found.using_unit.as_ref().map(|unit| unit.name.clone()).unwrap();
        assert!(name.starts_with(shown) && name.ends_with('）'), "{name}");
        assert!(
            flags(&found).contains(&(QualityFlag::PersonalDataHidden, "using_unit")),
            "{:?}",
            flags(&found)
        );
        assert_eq!(
            found.maintenance_unit.as_ref().unwrap().name,
            "郑州通",
            "a company is told by its business"
        );
        let all = serde_json::to_string(&found).unwrap();
        let bare = user.trim_end_matches("（业主）");
        assert!(!all.contains(bare) && (code.is_empty() || !all.contains(code)), "{all}");
    }
    for (user, code) in [("张三丰", "115002227398230135"), ("重庆某物业管理有限公司", ""), ("财政局", "无")]
    {
        let found = elevator(&mapping, &header, &["1", user, code, ""]).await.facts;
        assert_eq!(found.using_unit.as_ref().unwrap().name, user);
        assert!(!flags(&found).contains(&(QualityFlag::PersonalDataHidden, "using_unit")));
    }
}

#[tokio::test]
async fn an_identifier_is_never_a_number_and_only_one_that_is_read_out_needs_its_shape() {
    let mapping = mapping(
        r#"
        identifiers = [
            { kind = "rescue_code", column = "a", stand_ins = ["0"] },
            { kind = "rescue_code", column = "b", until = { constant = "2020-12-31" } },
            { kind = "equipment_code", column = "c", since = { column = "d" } },
            { kind = "factory_number", column = "e" },
        ]
    "#,
    );
    let header = ["key", "a", "b", "c", "d", "e"];
    let found = elevator(&mapping, &header, &["1", "50 27-18", "1E1002", "0050", "morgen", "1E1002"]).await;
    let told: Vec<(&str, bool)> =
        found.facts.identifiers.iter().map(|one| (one.value.as_str(), one.until.is_some())).collect();
    assert_eq!(told, [("50 27-18", false), ("0050", false), ("1E1002", false)]);
    assert_eq!(found.code, "50 27-18");
    assert_eq!(
        flags(&found.facts),
        [
            (QualityFlag::IdentifierMalformed, "identifiers.rescue_code"),
            (QualityFlag::IdentifierMalformed, "identifiers.equipment_code"),
            (QualityFlag::DateUnreadable, "identifiers.equipment_code.since"),
        ]
    );
    assert_eq!(found.facts.raw["identifiers.rescue_code"], "1E1002");
    let none = elevator(&mapping, &header, &["1", "0", "", "", "", ""]).await;
    assert!(none.facts.identifiers.is_empty());
    assert_eq!(none.code, "K1");
    let twice = elevator(&mapping, &header, &["1", "502718", "5027-18", "", "", ""]).await;
    assert_eq!(twice.facts.identifiers.len(), 1, "the same number twice is one identifier");
}
