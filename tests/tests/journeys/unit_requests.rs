//! Units that ask for an account: the form, the bureau's answer, the first password.

use std::io::Write as _;

use yuti_tests::{Answer, Options, Person, World, journey, people};

const PAGE: &str = "/zh/unit/request";
/// A code with right check characters that no register names.
const CODE: &str = "91500000MA5ABCDE5L";

fn plain() -> Options {
    Options::demo().config(
        "[accounts]\nsecond_factor_roles = []\n[limits.unit_request]\nquota = 100\nwindow_seconds = 60\n",
    )
}

async fn officer(world: &World, login: &str, district: &str) -> Person {
    world.person(login, "officer", &["--district", district]).await
}

/// The address of the request of a unit in the list of whoever may see it.
async fn found(person: &mut Person, name: &str) -> String {
    let html = person.get("/zh/desk/unit-requests").await.is(200).html();
    let before = html.split(&format!("\">{name}</a>")).next().unwrap();
    before.rsplit("href=\"").next().unwrap().to_owned()
}

fn good() -> Vec<(&'static str, &'static str)> {
    vec![
        ("uscc", CODE),
        ("unit_name", "坎下坎电梯维保有限公司"),
        ("role", "maintenance_unit"),
        ("authority", "cq-500108"),
        ("contact_name", "王芳"),
        ("contact_phone", "138 0013 8000"),
        ("note", ""),
    ]
}

const PDF: &[u8] = b"%PDF-1.7\nlicence\n%%EOF\n";

async fn send(world: &World, change: &[(&'static str, &'static str)], files: &[&[u8]]) -> Answer {
    let mut fields = good();
    for (name, value) in change {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    world.anyone().upload(PAGE, &fields, ("proof", files)).await
}

journey! {
    /// A unit asks, the bureau looks at code, register and proof and accepts, and whoever asked sets the first password and is in.
    async fn a_unit_asks_and_gets_in(world: plain()) {
        let filed = send(world, &[("uscc", "９１500000 ma5abcde5l")], &[PDF]).await;
        let location = filed.is(303).header("Location");
        assert!(location.starts_with("/zh/unit/request/U"), "{location}");
        let mut asking = Person::new(world.anyone());
        let page = asking.get(&location).await;
        page.is(200).says("申请收到了").says("待处理").says("坎下坎电梯维保有限公司").header_is("Cache-Control", "no-store");
        let path = location.split('?').next().unwrap().to_owned();
        asking.get(&path).await.is(200).does_not_say("申请收到了");

        let mut officer = officer(world, "the.officer", "500108").await;
        let case = found(&mut officer, "坎下坎电梯维保有限公司").await;
        let page = officer.get(&case).await;
        page.is(200).says("代码的校验位对").says("登记数据里没有这个单位").says("13800138000").says("王芳");
        let html = page.html();
        let file = html.split("href=\"").find(|rest| rest.contains("/files/")).unwrap().split('"').next().unwrap().to_owned();
        let proof = officer.get(&file).await;
        proof.is(200).header_is("Content-Type", "application/pdf").header_has("Content-Disposition", "attachment");
        proof.header_has("Content-Security-Policy", "sandbox").header_is("X-Content-Type-Options", "nosniff");
        assert_eq!(proof.bytes(), PDF);

        let version = officer.hidden(&case, "version").await;
        officer.act(&case, &format!("{case}/accept"), &[("version", "9")]).await.is(412);
        let before = world.anyone().get("/v1/changes?limit=1").await.json()["next_cursor"].clone();
        let accepted = officer.act(&case, &format!("{case}/accept"), &[("version", &version)]).await;
        let told = accepted.is(303).header("Location");
        officer.get(&told).await.is(200).says("已经通过").does_not_say("/accept\"");
        officer.act(&case, &format!("{case}/refuse"), &[("version", "2"), ("reason", "x")]).await.is(409);
        assert!(before.is_null() || !before.to_string().is_empty());
        let unit = world.anyone().get(&format!("/v1/organisations/{CODE}")).await;
        assert_eq!(unit.is(200).json()["name"], "坎下坎电梯维保有限公司");

        asking.get(&path).await.is(200).says("设置密码").says(&CODE.to_lowercase());
        let link = asking.submit(&format!("{path}/open"), &[]).await.is(303).header("Location");
        assert!(link.starts_with("/zh/login/link/"), "{link}");
        asking.submit(&link, &[("new_password", people::PASSWORD)]).await.is(303);
        asking.get("/zh/unit/accounts").await.is(200).says(&CODE.to_lowercase());
        asking.get(&path).await.is(200).says("账号已经开通").does_not_say("设置密码</button>");
        asking.submit(&format!("{path}/open"), &[]).await.is(409);
        let mut again = Person::new(world.anyone());
        again.sign_in(CODE, people::PASSWORD).await.is(303);
    }
}

journey! {
    /// A refusal comes with its reason; a request can be taken back, and its proof is gone then.
    async fn a_unit_reads_why_or_takes_it_back(world: plain()) {
        let refused = world.unit_request(CODE, "坎下坎电梯维保有限公司", "cq-500108").await;
        let mut officer = officer(world, "the.officer", "500108").await;
        let case = found(&mut officer, "坎下坎电梯维保有限公司").await;
        officer.act(&case, &format!("{case}/refuse"), &[("version", "1")]).await.is(422).says("要写原因");
        officer.act(&case, &format!("{case}/refuse"), &[("version", "1"), ("reason", "营业执照看不清")]).await.is(303);
        let mut asking = Person::new(world.anyone());
        asking.get(&refused).await.is(200).says("没有通过").says("营业执照看不清");
        asking.submit(&format!("{refused}/open"), &[]).await.is(409);
        asking.submit(&format!("{refused}/withdraw"), &[]).await.is(409);

        let back = world.unit_request(CODE, "另一个名字", "cq-500108").await;
        let case = found(&mut officer, "另一个名字").await;
        officer.get(&case).await.is(200).says("PDF 文档").says("这个单位的其他申请");
        asking.submit(&format!("{back}/withdraw"), &[]).await.is(303);
        asking.get(&back).await.is(200).says("已撤回").says("证明材料已经删除");
        officer.get(&case).await.is(200).says("没有材料").does_not_say("/files/");
        officer.get("/zh/desk/unit-requests?state=all").await.is(200).says("已撤回").says("未通过");
        officer.get("/zh/desk/unit-requests").await.is(200).says("没有这样的申请");
    }
}

journey! {
    /// Every bad field is named at once with the mend, what was typed comes back, and nothing is left of it.
    async fn bad_requests_are_told_what_to_mend(world: plain()) {
        let empty = world.anyone().upload(PAGE, &[], ("proof", &[])).await;
        empty.is(422).says("统一社会信用代码：要填").says("您的姓名：要填").says("由哪个局核对：要填");
        for (change, words) in [
            (("uscc", "91500000MA5ABCDE5M"), "校验位不对"),
            (("uscc", "12345"), "18 位"),
            (("role", "king"), "可以是"),
            (("authority", "cq-000000"), "请从列表里选"),
            (("contact_phone", "打电话"), "电话号码"),
            (("unit_name", "\u{202e}"), "单位名称"),
        ] {
            let answer = send(world, &[change], &[PDF]).await;
            answer.is(422).says(words).says("王芳");
        }
        send(world, &[], &[]).await.is(422).says("要上传证明材料");
        for (file, words) in [
            (&b"<html><script>"[..], "只收 JPEG"),
            (b"\0\0\0\x18ftypheic\0\0", "HEIC"),
            (b"%PDF-1.7 cut off", "PDF 不完整"),
            (b"\xff\xd8\xff\xe0 broken", "图片打不开"),
        ] {
            send(world, &[], &[PDF, file]).await.is(422).says("第 2 个文件").says(words);
        }
        send(world, &[], &[PDF; 5]).await.is(422);
        let huge = vec![b' '; 60_000_000];
        send(world, &[], &[&huge]).await.is(413);
        let elsewhere = world.anyone().with_header("Sec-Fetch-Site", "cross-site");
        elsewhere.upload(PAGE, &good(), ("proof", &[PDF])).await.is(403);
        world.anyone().submit(PAGE, &good()).await.is(415);
        for path in ["/zh/unit/request/x/y", "/zh/unit/request/U7K3-M9Q2-X0/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            world.anyone().get(path).await.is(404);
            world.anyone().submit(&format!("{path}/open"), &[]).await.is(404);
            world.anyone().submit(&format!("{path}/withdraw"), &[]).await.is(404);
        }
        world.cli(["files", "check", "--whole"]).await.ok().says("0 files, 0 of them");
    }
}

journey! {
    /// A request is a matter of its bureau: others do not learn that it is there. Nobody but the bureau sees the proof.
    async fn only_the_bureau_sees_a_request(world: plain()) {
        let mine = world.unit_request(CODE, "坎下坎电梯维保有限公司", "cq-500108").await;
        let mut own = officer(world, "own", "500108").await;
        let case = found(&mut own, "坎下坎电梯维保有限公司").await;
        let mut foreign = officer(world, "foreign", "500107").await;
        foreign.get("/zh/desk/unit-requests?state=all").await.is(200).does_not_say("坎下坎");
        for path in [case.clone(), format!("{case}/files/1")] {
            foreign.get(&path).await.is(404).does_not_say("坎下坎");
        }
        let token = foreign.token("/zh/account").await;
        for act in ["accept", "refuse"] {
            foreign.submit(&format!("{case}/{act}"), &[("csrf", &token), ("version", "1"), ("reason", "x")]).await.is(404);
        }
        let mut reader = world.person("reads", "reader", &["--district", "500108"]).await;
        reader.get(&case).await.is(200).does_not_say("/accept\"");
        let token = reader.token("/zh/account").await;
        reader.submit(&format!("{case}/accept"), &[("csrf", &token), ("version", "1")]).await.is(403);
        let mut city = world.person("city", "city_bureau", &["--authority", "cq"]).await;
        city.get(&case).await.is(200).says("/accept\"");
        world.anyone().get(&format!("{case}/files/1")).await.is(303);
        let other = mine.rsplit_once('/').unwrap().0.to_owned();
        world.anyone().get(&format!("{other}/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).await.is(404);
    }
}

journey! {
    /// A photo is kept without what the camera wrote beside it; requests from one address are counted.
    async fn photos_lose_what_is_not_the_picture(world: Options::demo().config(
        "[accounts]\nsecond_factor_roles = []\n[limits.unit_request]\nquota = 2\nwindow_seconds = 86400\n"
    )) {
        let mut photo = Vec::new();
        photo.write_all(include_bytes!("../../data/photo.jpg")).unwrap();
        assert!(photo.windows(4).any(|part| part == b"Exif"), "the photo has something to lose");
        let filed = send(world, &[], &[&photo]).await;
        filed.is(303);
        let mut officer = officer(world, "the.officer", "500108").await;
        let case = found(&mut officer, "坎下坎电梯维保有限公司").await;
        let html = officer.get(&case).await.html();
        let file = html.split("href=\"").find(|rest| rest.contains("/files/")).unwrap().split('"').next().unwrap().to_owned();
        let kept = officer.get(&file).await;
        kept.is(200).header_is("Content-Type", "image/jpeg").has_no_header("Content-Encoding");
        for trace in [&b"Exif"[..], b"13800138000"] {
            assert!(!kept.bytes().windows(trace.len()).any(|part| part == trace));
        }
        let address = world.fresh_address();
        let caller = world.anyone_at(address);
        for _ in 0..2 {
            caller.upload(PAGE, &good(), ("proof", &[PDF])).await.is(303);
        }
        caller.upload(PAGE, &good(), ("proof", &[PDF])).await.is(429);
        world.anyone_at(address).get(PAGE).await.is(200);
    }
}
