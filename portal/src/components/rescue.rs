//! The way to help, first on every page.

use leptos::prelude::*;

use crate::words::Words;

/// The telephone receiver.
#[component]
fn Receiver() -> impl IntoView {
    view! {
        <svg width="20" height="20" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">
            <path d="M4.5 1.6 7.6 1l1.9 4.4-2 1.6a11 11 0 0 0 5.5 5.5l1.6-2 4.4 1.9-.6 3.1c-.2 1.3-1.4 2.2-2.7 2.1C8.5 17 3 11.5 2.4 4.3c-.1-1.3.8-2.5 2.1-2.7z"/>
        </svg>
    }
}

/// The address that dials a number: digits and a leading plus only.
pub(crate) fn dial(number: &str) -> String {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    format!("tel:{digits}")
}

/// The rescue band of an elevator's page: call, code to read out, what to do meanwhile, duty line.
#[component]
pub(crate) fn RescueBand(
    words: Words,
    number: String,
    /// What stands beside the code.
    beside: String,
    code: String,
    /// What to say instead, where the line asks for another code.
    instead: Option<String>,
    duty_phone: Option<String>,
) -> impl IntoView {
    let long = code.chars().count() > 9;
    let digits = if long { "lit-code long" } else { "lit-code" };
    let duty = duty_phone.map(|phone| {
        let href = dial(&phone);
        view! { {words.rescue_duty()}<a href=href>{phone}</a> }
    });
    view! {
        <section class="panel rescue-band" aria-label=words.rescue_label()>
            <div class="measure">
                <div class="rescue-ask">
                    <h2>{words.rescue_ask()}</h2>
                    <a class="rescue-call" href=dial(&number)><Receiver/>{words.rescue_call(&number)}</a>
                </div>
                <p><small>{beside}</small><span class=digits>{code}</span></p>
                {instead.map(|instead| view! { <p class="rescue-instead">{instead}</p> })}
                <p class="rescue-advice">{words.rescue_advice()}{duty}</p>
            </div>
        </section>
    }
}

/// The same on every other page, in one line.
#[component]
pub(crate) fn RescueLine(words: Words, number: String) -> impl IntoView {
    view! {
        <section class="panel rescue-line" aria-label=words.rescue_label()>
            <div class="measure">
                <span>{words.rescue_ask()}</span>
                <a href=dial(&number)><Receiver/>{words.rescue_call(&number)}</a>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::dial;

    #[test]
    fn only_what_is_dialled_stands_in_the_address() {
        assert_eq!(dial("023-0000-1234"), "tel:02300001234");
        assert_eq!(dial("+1 (212) 000 0000"), "tel:+12120000000");
        assert_eq!(dial("96333"), "tel:96333");
    }
}
