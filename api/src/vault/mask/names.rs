//! Names of persons: how they are shown, and how they are told from names of organisations.

/// Family names of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙",
    "司徒", "轩辕", "端木", "独孤", "南宫", "西门", "东郭", "百里", "呼延", "申屠", "太史", "淳于", "濮阳",
    "闻人", "赫连", "澹台", "拓跋", "完颜", "纳兰", "闾丘", "鲜于",
];

/// Family names of one character: the common ones, and those of Chongqing's own.
const SINGLE: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石\
姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐\
梅莫庄辛管祝左涂谷祁耿牟卜肖舒耿关费纪靳欧甄屈项喻游阳裴席卫查屠鲍霍翁隋植甘景詹单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶瞿巫蒲邬晏冷瓮苗\
骆蓝简鄢蹇敖况谯阙隆淦佘幸窦苟廉邝荣盛刁尚滕宗戚娄郎虞臧符卓池乐成代古母覃蒙农石仇商封补税蔺鞠闫";

/// What ends the name of an organisation and hardly ever a person's.
const ORGANISATION: &str = "局厂院校所店厦馆社委处部站区县市镇乡村街楼府库行司会办中心团组队号";

/// Marks that the register itself puts behind a person's name.
const SAYS_PERSON: [&str; 6] = ["（个人）", "(个人)", "（自然人）", "(自然人)", "（业主）", "(业主)"];

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}

/// How many of the first characters are a family name; 0 where they are none.
pub(super) fn family(name: &[char]) -> usize {
    let Some(first) = name.first() else { return 0 };
    let two = |known: &&str| {
        let mut chars = known.chars();
        chars.next() == Some(*first) && chars.next() == name.get(1).copied()
    };
    if name.len() > 2 && COMPOUND.iter().any(two) { 2 } else { usize::from(SINGLE.contains(*first)) }
}

/// A person's name as it may be shown: 张*, 欧阳**, initials of a Latin one.
#[must_use]
pub fn name(full: &str) -> String {
    let chars: Vec<char> = full.trim().chars().collect();
    if !chars.iter().any(|c| is_han(*c)) {
        let parts = full.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|part| !part.is_empty());
        let initials =
            parts.filter_map(|part| part.chars().next()).map(|first| format!("{}.", first.to_uppercase()));
        let initials = initials.collect::<Vec<_>>().join(" ");
        return if initials.is_empty() { "*".to_owned() } else { initials };
    }
    // Names of several parts (阿依古丽·买买提) would be known again by the length of the parts.
    if chars.iter().any(|c| matches!(c, '·' | '•' | '．')) {
        return chars.iter().take(1).chain(&['*', '*']).collect();
    }
    let kept = family(&chars).max(1).min(chars.len().saturating_sub(1));
    let shown: String = chars.iter().take(kept).collect();
    let stars = chars.len().saturating_sub(kept).clamp(1, 2);
    format!("{shown}{}", "*".repeat(stars))
}

/// The bare name, where a text that should name a unit names a person.
///
/// It is a guess by the shape and leans to yes: whoever calls it asks only about units that have no code of an organisation.
#[must_use]
pub fn person(unit: &str) -> Option<&str> {
    let unit = unit.trim();
    if let Some(bare) = SAYS_PERSON.iter().find_map(|mark| unit.strip_suffix(mark)) {
        return Some(bare.trim_end()).filter(|bare| !bare.is_empty());
    }
    let chars: Vec<char> = unit.chars().collect();
    let han = |c: &char| is_han(*c);
    if let Some(dot) = chars.iter().position(|c| matches!(c, '·' | '•')) {
        let parts = chars.len() - dot > 2 && dot > 1 && chars.len() <= 15;
        return (parts && chars.iter().all(|c| is_han(*c) || matches!(c, '·' | '•'))).then_some(unit);
    }
    if !chars.iter().all(han) || chars.last().is_some_and(|last| ORGANISATION.contains(*last)) {
        return None;
    }
    let shape = match family(&chars) {
        1 => matches!(chars.len(), 2 | 3),
        2 => matches!(chars.len(), 3 | 4),
        _ => false,
    };
    shape.then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_by_their_family_name() {
        for (full, shown) in [
            ("张三", "张*"),
            ("张三丰", "张**"),
            ("欧阳锋", "欧阳*"),
            ("欧阳若兰", "欧阳**"),
            ("欧阳", "欧*"),
            ("阿依古丽·买买提", "阿**"),
            ("  李雷 ", "李*"),
            ("甲", "*"),
            ("赵钱孙李", "赵**"),
            ("Zhang San", "Z. S."),
            ("Mary-Jane O'Neil", "M. J. O."),
            ("li", "L."),
            ("", "*"),
            ("123", "*"),
        ] {
            assert_eq!(name(full), shown, "{full}");
        }
    }

    #[test]
    fn persons_are_told_from_organisations() {
        for person_name in ["张三", "冉小红", "欧阳若兰", "古丽娜尔·阿不都", "蹇明", "某某（个人）"]
        {
            assert!(person(person_name).is_some(), "{person_name}");
        }
        for unit in [
            "重庆某物业管理有限公司",
            "财政局",
            "中医院",
            "某学校",
            "金融街",
            "物业",
            "龙头寺火车站",
            "ACME LIMITED",
            "张三 等",
            "金科物业",
            "",
        ] {
            assert_eq!(person(unit), None, "{unit}");
        }
        assert_eq!(person("张三（个人）"), Some("张三"));
    }
}
