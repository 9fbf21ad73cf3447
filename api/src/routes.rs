//! The table of routes: the one place where an address, what answers there, what it takes from which quota, and its
//! description stand together. Routing and documentation are made from the same entry.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::Method;
use actix_web::web;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt as _, OpenApiFactory};

use crate::access::accounts;
use crate::access::limits::Class;
use crate::{access, audit, http, opendata, registry, service};

/// An address of the API with all its methods: routed and documented together, so that a wrong method is 405 and nothing is
/// undocumented.
struct Documented {
    resource: actix_web::Resource,
    documentation: Vec<Box<dyn OpenApiFactory>>,
}

impl Documented {
    fn at(path: &str) -> Self {
        Self { resource: web::resource(path), documentation: Vec::new() }
    }

    fn method(mut self, route: actix_web::Route, documentation: impl OpenApiFactory + 'static) -> Self {
        self.resource = self.resource.route(route);
        self.documentation.push(Box::new(documentation));
        self
    }
}

impl HttpServiceFactory for Documented {
    fn register(self, config: &mut AppService) {
        self.resource.register(config);
    }
}

impl OpenApiFactory for Documented {
    fn paths(&self) -> utoipa::openapi::path::Paths {
        let mut all = utoipa::openapi::path::Paths::new();
        for one in &self.documentation {
            for (path, item) in one.paths().paths {
                match all.paths.get_mut(&path) {
                    Some(known) => known.merge_operations(item),
                    None => {
                        all.paths.insert(path, item);
                    }
                }
            }
        }
        all
    }

    fn schemas(&self, schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        for one in &self.documentation {
            one.schemas(schemas);
        }
    }
}

/// Makes the table: classes for the limiter, operations for the router and the contract, pages for the router.
macro_rules! table {
    (
        operations { $($path:literal { $($class:ident $method:ident $($handler:ident)::+ , $($doc:ident)::+ ;)+ })+ }
        pages { $($page_path:literal { $($page_class:ident $page_method:ident $($page:ident)::+ ;)+ })+ }
    ) => {
        /// Each address and method with what it takes from the quotas.
        pub const CLASSES: &[(&str, &str, Class)] = &[
            $($(($path, stringify!($method), Class::$class),)+)+
            $($(($page_path, stringify!($page_method), Class::$page_class),)+)+
        ];

        fn operations(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
            $(config.service(
                Documented::at($path)$(.method(web::$method().to($($handler)::+), $($doc)::+))+
            );)+
        }

        fn pages(config: &mut web::ServiceConfig) {
            $(for path in [$page_path.to_owned(), format!("/zh{}", $page_path), format!("/en{}", $page_path)] {
                config.service(web::resource(path)$(.route(web::$page_method().to($($page)::+)))+);
            })+
        }
    };
}

table! {
    operations {
        "/v1/elevators" {
            List get registry::v1::elevators::elevator_list, registry::v1::elevators::__path_elevator_list;
        }
        "/v1/elevators/{identifier}" {
            Lookup get registry::v1::elevators::elevator_view, registry::v1::elevators::__path_elevator_view;
        }
        "/v1/elevators/{identifier}/history" {
            List get registry::v1::history::elevator_history_list, registry::v1::history::__path_elevator_history_list;
        }
        "/v1/organisations" {
            List get registry::v1::organisations::organisation_list, registry::v1::organisations::__path_organisation_list;
        }
        "/v1/organisations/{uscc}" {
            Lookup get registry::v1::organisations::organisation_view, registry::v1::organisations::__path_organisation_view;
        }
        "/v1/districts" {
            List get registry::v1::districts::district_list, registry::v1::districts::__path_district_list;
        }
        "/v1/changes" {
            List get opendata::v1::changes::change_list, opendata::v1::changes::__path_change_list;
        }
        "/v1/code-lists" {
            Lookup get opendata::v1::code_lists::code_list_list, opendata::v1::code_lists::__path_code_list_list;
        }
        "/v1/code-lists/{name}" {
            Lookup get opendata::v1::code_lists::code_list_view, opendata::v1::code_lists::__path_code_list_view;
        }
        "/v1/policy" {
            Lookup get opendata::v1::policy::policy_view, opendata::v1::policy::__path_policy_view;
        }
        "/v1/transparency/head" {
            Lookup get audit::v1::heads::transparency_head_view, audit::v1::heads::__path_transparency_head_view;
        }
        "/v1/transparency/heads" {
            List get audit::v1::heads::transparency_head_list, audit::v1::heads::__path_transparency_head_list;
        }
        "/v1/transparency/inclusion" {
            Lookup get audit::v1::proofs::transparency_inclusion_view, audit::v1::proofs::__path_transparency_inclusion_view;
        }
        "/v1/transparency/consistency" {
            Lookup get audit::v1::proofs::transparency_consistency_view, audit::v1::proofs::__path_transparency_consistency_view;
        }
        "/v1/transparency/entries/{index}" {
            Lookup get audit::v1::entries::transparency_entry_view, audit::v1::entries::__path_transparency_entry_view;
        }
        "/v1/transparency/keys" {
            Lookup get audit::v1::entries::transparency_key_list, audit::v1::entries::__path_transparency_key_list;
        }
        "/v1/api-keys" {
            Lookup post access::keys::v1::api_key_create, access::keys::v1::__path_api_key_create;
        }
        "/v1/api-keys/current" {
            Lookup get access::keys::v1::api_key_view, access::keys::v1::__path_api_key_view;
            Free delete access::keys::v1::api_key_revoke, access::keys::v1::__path_api_key_revoke;
        }
        "/v1/api-keys/current/rotate" {
            Lookup post access::keys::v1::api_key_rotate, access::keys::v1::__path_api_key_rotate;
        }
        "/v1/api-keys/current/raise" {
            Lookup post access::keys::v1::api_key_raise_submit, access::keys::v1::__path_api_key_raise_submit;
        }
        "/v1/quota" {
            Free get access::v1::quota_view, access::v1::__path_quota_view;
        }
        "/healthz" {
            Free get service::liveness_view, service::__path_liveness_view;
        }
        "/readyz" {
            Free get service::readiness_view, service::__path_readiness_view;
        }
        "/openapi.json" {
            Free get service::contract_view, service::__path_contract_view;
        }
        "/openapi.yaml" {
            Free get service::contract_yaml_view, service::__path_contract_yaml_view;
        }
    }
    pages {
        "/" {
            Page get registry::pages::home;
        }
        "/e/{code}" {
            Always get registry::pages::elevator;
        }
        "/search" {
            Page get registry::pages::search;
        }
        "/admin/keys" {
            Page get access::keys::desk::list;
        }
        "/admin/keys/{id}" {
            Page get access::keys::desk::view;
        }
        "/admin/keys/{id}/raise" {
            Page post access::keys::desk::decide;
        }
        "/admin/keys/{id}/revoke" {
            Page post access::keys::desk::revoke;
        }
        "/unit/keys" {
            Page get access::keys::desk::list;
            Page post access::keys::desk::issue;
        }
        "/unit/keys/{id}" {
            Page get access::keys::desk::view;
        }
        "/unit/keys/{id}/rotate" {
            Page post access::keys::desk::rotate;
        }
        "/unit/keys/{id}/revoke" {
            Page post access::keys::desk::revoke;
        }
        "/keys" {
            Page get access::keys::pages::keys;
            Page post access::keys::pages::make;
        }
        "/keys/mine" {
            Page get access::keys::pages::ask;
            Page post access::keys::pages::mine;
        }
        "/problems/{code}" {
            Page get registry::pages::problem;
        }
        "/login" {
            Page get accounts::pages::login;
            Page post accounts::pages::sign_in;
        }
        "/login/second-factor" {
            Page get accounts::pages::waiting_for_code;
            Page post accounts::pages::second_step;
        }
        "/login/link/{token}" {
            Page get accounts::pages::one_time_link;
            LogIn post accounts::pages::use_link;
        }
        "/logout" {
            Page post accounts::pages::sign_out;
        }
        "/account" {
            Page get accounts::pages::account;
        }
        "/account/password" {
            Page get accounts::pages::password;
            Page post accounts::pages::change_password;
        }
        "/account/second-factor" {
            Page get accounts::pages::second_factor;
            Page post accounts::pages::begin;
        }
        "/account/second-factor/confirm" {
            Page post accounts::pages::confirm;
        }
        "/account/second-factor/remove" {
            Page post accounts::pages::remove;
        }
        "/account/recovery-codes" {
            Page post accounts::pages::codes;
        }
        "/account/sessions/end" {
            Page post accounts::pages::end_session;
        }
        "/account/sessions/end-others" {
            Page post accounts::pages::end_others;
        }
        "/unit/request" {
            Page get access::unit_requests::pages::asking;
            UnitRequest post access::unit_requests::pages::ask;
        }
        "/unit/request/{number}/{token}" {
            Page get access::unit_requests::pages::follow;
        }
        "/unit/request/{number}/{token}/withdraw" {
            Page post access::unit_requests::pages::withdraw;
        }
        "/unit/request/{number}/{token}/open" {
            LogIn post access::unit_requests::pages::open;
        }
        "/desk/unit-requests" {
            Page get access::unit_requests::pages::list;
        }
        "/desk/unit-requests/{id}" {
            Page get access::unit_requests::pages::view;
        }
        "/desk/unit-requests/{id}/files/{file}" {
            Page get access::unit_requests::pages::file;
        }
        "/desk/unit-requests/{id}/accept" {
            Page post access::unit_requests::pages::accept;
        }
        "/desk/unit-requests/{id}/refuse" {
            Page post access::unit_requests::pages::refuse;
        }
        "/admin/accounts" {
            Page get accounts::pages::list;
        }
        "/admin/accounts/new" {
            Page get accounts::pages::new_account;
            Page post accounts::pages::create;
        }
        "/admin/accounts/{id}" {
            Page get accounts::pages::view;
        }
        "/admin/accounts/{id}/link" {
            Page post accounts::pages::act_link;
        }
        "/admin/accounts/{id}/wake" {
            Page post accounts::pages::act_wake;
        }
        "/admin/accounts/{id}/sign-out" {
            Page post accounts::pages::act_sign_out;
        }
        "/admin/accounts/{id}/switch-off" {
            Page post accounts::pages::act_switch_off;
        }
        "/admin/accounts/{id}/second-factor" {
            Page post accounts::pages::act_clear;
        }
        "/admin/accounts/{id}/role" {
            Page post accounts::pages::act_role;
        }
        "/unit/accounts" {
            Page get accounts::pages::list;
        }
        "/unit/accounts/new" {
            Page get accounts::pages::new_account;
            Page post accounts::pages::create;
        }
        "/unit/accounts/{id}" {
            Page get accounts::pages::view;
        }
        "/unit/accounts/{id}/link" {
            Page post accounts::pages::act_link;
        }
        "/unit/accounts/{id}/wake" {
            Page post accounts::pages::act_wake;
        }
        "/unit/accounts/{id}/sign-out" {
            Page post accounts::pages::act_sign_out;
        }
        "/unit/accounts/{id}/switch-off" {
            Page post accounts::pages::act_switch_off;
        }
        "/docs/" {
            Page get service::documentation;
        }
    }
}

/// The route of an address without its language.
fn plain(route: &str) -> &str {
    let inner = route.strip_prefix("/zh").or_else(|| route.strip_prefix("/en")).unwrap_or(route);
    if inner.starts_with('/') { inner } else { route }
}

/// What a call of a matched address takes. What matches nothing is charged too: guessing addresses is not free.
pub fn class(route: Option<&str>, method: &Method, page: bool) -> Class {
    let method = if *method == Method::HEAD { &Method::GET } else { method };
    let of = |(path, served, _): &&(&str, &str, Class)| {
        route.map(plain) == Some(path) && method.as_str().eq_ignore_ascii_case(served)
    };
    match CLASSES.iter().find(of) {
        Some((_, _, class)) => *class,
        None if page => Class::Page,
        None => Class::Lookup,
    }
}

/// The methods that an address serves, as the header `Allow` names them.
pub fn allowed(route: &str) -> String {
    let mut methods: Vec<String> = Vec::new();
    for (_, method, _) in CLASSES.iter().filter(|(path, _, _)| *path == plain(route)) {
        methods.push(method.to_ascii_uppercase());
        if *method == "get" {
            methods.push("HEAD".to_owned());
        }
    }
    if methods.is_empty() {
        // Folders and the viewer, which stand beside the table.
        methods.extend(["GET".to_owned(), "HEAD".to_owned()]);
    }
    methods.push("OPTIONS".to_owned());
    methods.join(", ")
}

/// What handlers take by themselves, when they know that what was sent can be used: a slip in a form must not cost a key.
const BESIDE: &[Class] = &[Class::KeyCreation];

/// Whether any address takes like this.
pub fn is_used(class: Class) -> bool {
    BESIDE.contains(&class) || CLASSES.iter().any(|(_, _, used)| *used == class)
}

/// Whether people read what is at the address, so that errors there are pages.
pub fn is_page(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    !matches!(first, "v1" | "openapi.json" | "openapi.yaml" | "healthz" | "readyz")
}

/// Everything that is served.
pub fn configure(config: &mut web::ServiceConfig) {
    operations(&mut utoipa_actix_web::service_config::ServiceConfig::new(config));
    pages(config);
    for language in ["/zh", "/en"] {
        config.service(web::resource(language).route(web::get().to(http::page::with_slash)));
    }
    for folder in ["/docs", "/zh/docs", "/en/docs", "/docs/viewer"] {
        config.service(web::resource(folder).route(web::get().to(http::page::with_slash)));
    }
    config.service(web::resource("/docs/viewer/{file:.*}").route(web::get().to(service::viewer)));
    config.default_service(web::to(service::nowhere));
}

/// The contract: the frame with every operation of the table.
pub fn contract() -> OpenApi {
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(yuti_openapi::document::Frame::openapi())
        .configure(operations)
        .split_for_parts();
    // Relative to where the document was found: the checked-in file and every copy's are the same.
    document.servers = Some(vec![utoipa::openapi::ServerBuilder::new().url("/").build()]);
    document
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// Who may open which page stands in `tests/pages.txt`, along which the journeys `rights` walk; a page that is not there would be
    /// tried by nobody.
    #[test]
    fn every_page_is_walked_along() {
        let read = |name: &str| {
            std::fs::read_to_string(format!("{}/../tests/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
        };
        let text = read("pages.txt");
        let walked: Vec<(String, String)> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                let mut cells = line.split(" | ");
                (cells.next().unwrap().to_ascii_lowercase(), cells.next().unwrap().to_owned())
            })
            .collect();
        let pages: Vec<(String, String)> = CLASSES
            .iter()
            .filter(|(path, _, _)| is_page(path))
            .map(|(path, method, _)| ((*method).to_owned(), (*path).to_owned()))
            .collect();
        let missing: String = pages
            .iter()
            .filter(|page| !walked.contains(page))
            .map(|(method, path)| format!("{} | {path}\n", method.to_ascii_uppercase()))
            .collect();
        assert_eq!(missing, read("uncovered.txt"), "pages without a row in tests/pages.txt");
        assert_eq!(missing, "", "tests/uncovered.txt stays empty");
        let gone: Vec<_> = walked.iter().filter(|row| !pages.contains(row)).collect();
        assert!(gone.is_empty(), "rows without a page: {gone:?}");
    }
}
