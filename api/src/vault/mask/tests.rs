#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;

/// What goes in, what comes out. All persons and numbers are invented; the numbers of identity cards have a check that holds.
const HIDDEN: &[(&str, &str)] = &[
    // Mobile numbers.
    ("13812345678", "***********"),
    ("电话13812345678。", "电话***********。"),
    ("138 1234 5678", "*************"),
    ("138-1234-5678", "*************"),
    ("+86 13812345678", "***************"),
    ("+8613812345678", "**************"),
    ("008613812345678", "***************"),
    ("１３８１２３４５６７８", "***********"),
    ("１３８－１２３４－５６７８", "*************"),
    ("138.1234.5678", "*************"),
    ("138_1234_5678", "*************"),
    ("(138) 1234-5678", "(**************"),
    ("138 - 1234 - 5678", "*****************"),
    ("13812 345678", "************"),
    ("138 12 34 56 78", "***************"),
    ("1 3 8 1 2 3 4 5 6 7 8", "*********************"),
    ("138-1-2345678", "*************"),
    ("138\u{200b}1234\u{a0}5678", "*************"),
    ("138\u{2011}1234\u{2011}5678", "*************"),
    ("①③⑧①②③④⑤⑥⑦⑧", "***********"),
    ("١٣٨١٢٣٤٥٦٧٨", "***********"),
    ("一三八一二三四五六七八", "***********"),
    ("电话：幺三八零零幺三八零零零。", "电话：***********。"),
    ("+86 138 1 2 3 4 5 6 7 8", "***********************"),
    ("138 1 2 3 4 5 6 7 8", "*******************"),
    ("+86 13 81 23 45 67 8", "********************"),
    ("+86-(138)1234 5678", "******************"),
    ("3-1-502 13812345678", "3-1-502 ***********"),
    ("1301 138 1234 5678", "1301 *************"),
    ("19912345678/16612345678", "***********/***********"),
    ("tel13812345678", "tel***********"),
    // Identity cards.
    ("身份证11010519491231002X", "身份证******************"),
    ("11010519491231002x，", "******************，"),
    ("500103 19900307 0033", "********************"),
    ("500103-1990-0307-0033", "*********************"),
    ("５００１０３１９９００３０７００３３", "******************"),
    // Typed wrongly in one place, it still says whose it is.
    ("500103199003070039", "******************"),
    ("110105491231002", "***************"),
    ("(440524188001010014)", "(440524188001010014)"),
    // Plates.
    ("渝A·12345", "渝A******"),
    ("渝A12345 占道", "渝A***** 占道"),
    ("渝AD12345", "渝A******"),
    ("渝a-f1234学", "渝a*******"),
    ("川 A", "川 A"),
    ("京A1234警", "京A*****"),
    // E-mail addresses.
    ("写到zhang.san@example.com。", "写到*********@***********。"),
    ("a@b.cn,c@d.cn", "*@****,*@****"),
    ("xiao_wang+1@mail.example.org.", "***********@****************."),
    // Messengers.
    ("微信号：zhangsan_88", "微信号：***********"),
    ("加微信zhangsan88联系", "加微信**********联系"),
    ("VX: abc-12345", "VX: *********"),
    ("QQ 123456789", "QQ *********"),
    // Names with a label, a title, a number.
    ("联系人：张三，", "联系人：张*，"),
    ("联系人张三丰电话", "联系人张**电话"),
    ("联系人张三电话", "联系人张*电话"),
    ("姓名 欧阳若兰", "姓名 欧阳**"),
    ("业主：冉小红", "业主：冉**"),
    ("找王建国师傅", "找王**师傅"),
    ("安全员：王强", "安全员：王*"),
    ("乘客 李四", "乘客 李*"),
    ("刘芳小姐", "刘*小姐"),
    ("陈静老师", "陈*老师"),
    ("李四先生说", "李*先生说"),
    ("解放碑 1 号 张三13812345678", "解放碑 1 号 张************"),
    ("李小明: 138-1234-5678", "李**: *************"),
];

/// What stays as it is.
const KEPT: &[&str] = &[
    "",
    "渝中区解放碑民权路 28 号 3 幢 2 单元",
    "EAST 68 STREET",
    // Lines of duty and rescue are public.
    "023-63636363",
    "02363636363",
    "96333",
    "4008123456",
    "400-812-3456",
    // Identifiers of elevators.
    "31105001062011050006",
    "311010206201900123",
    "3110XXXXXXXXX20110308",
    "梯11渝A12345(20)",
    "梯11渝A00001",
    // Unified social credit codes.
    "115002227398230135",
    "9150000012345678XX",
    // Numbers that are long and no one's.
    "40.13812345678",
    "12812345678",
    "138123456789",
    "1381234567",
    "20261123041500123",
    "110105491331002",
    "500103199013070033",
    // Several numbers, decimals, days.
    "13-1 14-2 15-3 16",
    "13 14 15 16 17 1",
    "13.812345678",
    "40.602413944850106",
    "EBN1561-94-2-21-95",
    "40.716119054588795",
    "139.6917 35.68",
    "1998-05-06 083",
    "一三五七九",
    "三十八号一二三",
    "31101050020190012",
    "311010500201900127",
    // Words.
    "业主委员会",
    "负责人不在",
    "维保师傅来过",
    "张先生",
    "渝北区A座",
    "新A区12栋",
    "微信公众号",
    "微信支付",
    "vx",
    "5@6",
    "@所有人",
];

#[test]
fn what_is_personal_is_hidden() {
    for (given, shown) in HIDDEN {
        assert_eq!(text(given), *shown, "{given}");
    }
}

#[test]
fn what_is_not_stays_and_costs_no_copy() {
    for given in KEPT {
        assert!(
            matches!(text(given), Cow::Borrowed(same) if same == *given),
            "{given} became {}",
            text(given)
        );
    }
}

#[test]
fn what_is_hidden_stays_hidden_and_the_length_stays() {
    for (given, _) in HIDDEN {
        let once = text(given).into_owned();
        assert_eq!(text(&once), once, "{given}");
        assert_eq!(once.chars().count(), given.chars().count(), "{given}");
    }
}

#[test]
fn a_mobile_number_is_told_from_a_duty_line() {
    for mobile in
        ["13812345678", "138 1234 5678", "+86-19912345678", "008613812345678", "１３８１２３４５６７８"]
    {
        assert!(is_mobile(mobile), "{mobile}");
    }
    for line in ["023-63636363", "96333", "4008123456", "12812345678", "1381234567", "02363636363", ""] {
        assert!(!is_mobile(line), "{line}");
    }
}

#[test]
fn an_identifier_that_tells_of_a_person_is_known() {
    for personal in [
        "13812345678",
        "138-1234-5678",
        "138/1234/5678",
        "１３８ １２３４ ５６７８",
        "No13812345678",
        "500103199003070033",
        "500103 1990 0307 0033",
        "渝A·D1234",
        "wang@example.com",
    ] {
        assert!(is_personal(personal), "{personal}");
    }
    for code in [
        "502718",
        "梯11渝A00001(20)",
        "梯11渝A812345(20)",
        "311010206201900123",
        "31105001062011050006",
        "3110XXXXXXXXX20110308",
        "B7NL2041",
        "1D10028",
        "1008273",
        "1E1002",
        "",
    ] {
        assert!(!is_personal(code), "{code}");
    }
}

#[test]
fn a_pseudonym_lasts_and_tells_nothing() {
    let vault = Vault::for_test();
    let one = pseudonym(&vault, "technician", "TS-2019 001");
    assert_eq!(one, pseudonym(&vault, "technician", "ts2019001"));
    assert_ne!(one, pseudonym(&vault, "technician", "TS-2019 002"));
    assert_ne!(one, pseudonym(&vault, "person", "TS-2019 001"));
    assert_ne!(one, pseudonym(&Vault::for_test(), "technician", "TS-2019 001"));
    assert_eq!(one.len(), 16);
}

/// Nothing that anybody can type makes it fail, and no number gets through by what stands around it.
#[test]
fn no_neighbour_saves_a_mobile_number() {
    for around in ["", " ", "，", "：", "号", "A", "(", "@", "/", "渝", "张", "\u{200b}", "微信"] {
        let given = format!("{around}13812345678{around}");
        assert!(!text(&given).contains("13812345678"), "{given}");
    }
}
