//! Another city is another profile and no other program: the register of New York, by its own example.

use crate::import_reading::new_york;
use crate::pages_reading::{LANGUAGES, elevator_links, is_a_page, links, words};
use yuti_tests::journey;

journey! {
    /// An operator in New York imports the beginning of the released register; a device's page speaks of 911, knows no pilot, and is
    /// marked as no demonstration.
    async fn a_real_device_has_its_page(world: new_york::options()) {
        let file = new_york::beginning(world, 300);
        new_york::import(world, &file).run().await.ok().says("created");
        world.start().await;
        let anyone = world.anyone();
        let elevator = anyone.get("/v1/elevators/1D10028").await;
        elevator.is(200);
        assert_eq!(elevator.at("/source/demonstration"), false);
        for (language, tag) in LANGUAGES {
            let answer = anyone.get(&format!("/{language}/e/1D10028")).await;
            let html = is_a_page(answer.is(200), tag, false);
            assert!(
                html.contains("href=\"tel:911\"") && !html.contains("96333"),
                "the wrong rescue line on {answer}"
            );
            let text = words(&html);
            for absent in ["维保试点", "Pilot", "pilot", "演示", "emonstration", "特种设备安全法"]
            {
                assert!(!text.contains(absent), "{absent} on {answer}");
            }
            assert!(text.contains("1D10028"), "the device number to read out on {answer}");
            let home = anyone.get(&format!("/{language}/")).await;
            let text = words(&is_a_page(home.is(200), tag, false));
            for absent in ["维保试点", "Pilot", "pilot", "重庆", "Chongqing"] {
                assert!(!text.contains(absent), "{absent} on {home}");
            }
        }
        // One building, many devices: its number offers the choice among them.
        let building = elevator.json()["identifiers"]
            .as_array()
            .unwrap()
            .iter()
            .find(|identifier| identifier["kind"] == "bin")
            .map(|identifier| identifier["value"].as_str().unwrap().to_owned());
        if let Some(bin) = building {
            // A number of a building is written as New York writes it, not in groups as a code that people read out.
            let page = anyone.get("/en/e/1D10028").await;
            assert!(words(&page.html()).contains(&bin), "{bin} on {page}");
            let answer = anyone.get(&format!("/en/e/{bin}")).await;
            assert!([200, 300].contains(&answer.status()), "{answer}");
        }
        anyone.get("/en/search?q=1d10028").await.is(303);
        let borough = anyone.get("/en/search?district=1").await;
        let html = is_a_page(borough.is(200), "en", false);
        assert!(!elevator_links(&html).is_empty() && words(&html).contains("Manhattan"), "{borough}");
        assert!(
            links(&html).iter().any(|link| link.starts_with("/en/search?") && link.contains("district=")),
            "{borough}"
        );
        let unknown = anyone.get("/en/e/1D1002").await;
        let text = words(&is_a_page(unknown.is(404), "en", false));
        assert!(
            text.contains("Device number") && text.contains("1D10028"),
            "the kinds of numbers of New York on {unknown}"
        );
    }
}
