//! The table of routes: the one place where an address, what answers there, what it takes from which quota, and its
//! description stand together. Routing and documentation are made from the same entry.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::web;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt as _, OpenApiFactory};

use crate::access::limits::Class;
use crate::{access, http, opendata, registry, service};

/// An address of the API: routed and documented together, so that a wrong method is 405 and nothing is undocumented.
struct Documented {
    resource: actix_web::Resource,
    documentation: Box<dyn OpenApiFactory>,
}

impl HttpServiceFactory for Documented {
    fn register(self, config: &mut AppService) {
        self.resource.register(config);
    }
}

impl OpenApiFactory for Documented {
    fn paths(&self) -> utoipa::openapi::path::Paths {
        self.documentation.paths()
    }

    fn schemas(&self, schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        self.documentation.schemas(schemas);
    }
}

/// Makes the table: classes for the limiter, operations for the router and the contract, pages for the router.
macro_rules! table {
    (
        operations { $($class:ident $path:literal $($handler:ident)::+ , $($doc:ident)::+ ;)+ }
        pages { $($page_class:ident $page_path:literal $($page:ident)::+ ;)+ }
    ) => {
        /// Each address with what it takes from the quotas.
        pub const CLASSES: &[(&str, Class)] = &[$(($path, Class::$class),)+ $(($page_path, Class::$page_class),)+];

        fn operations(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
            $(config.service(Documented {
                resource: web::resource($path).route(web::get().to($($handler)::+)),
                documentation: Box::new($($doc)::+),
            });)+
        }

        fn pages(config: &mut web::ServiceConfig) {
            $(for path in [$page_path.to_owned(), format!("/zh{}", $page_path), format!("/en{}", $page_path)] {
                config.service(web::resource(path).route(web::get().to($($page)::+)));
            })+
        }
    };
}

table! {
    operations {
        List "/v1/elevators" registry::v1::elevators::elevator_list, registry::v1::elevators::__path_elevator_list;
        Lookup "/v1/elevators/{identifier}" registry::v1::elevators::elevator_view, registry::v1::elevators::__path_elevator_view;
        List "/v1/elevators/{identifier}/history" registry::v1::history::elevator_history_list, registry::v1::history::__path_elevator_history_list;
        List "/v1/organisations" registry::v1::organisations::organisation_list, registry::v1::organisations::__path_organisation_list;
        Lookup "/v1/organisations/{uscc}" registry::v1::organisations::organisation_view, registry::v1::organisations::__path_organisation_view;
        List "/v1/districts" registry::v1::districts::district_list, registry::v1::districts::__path_district_list;
        List "/v1/changes" opendata::v1::changes::change_list, opendata::v1::changes::__path_change_list;
        Lookup "/v1/code-lists" opendata::v1::code_lists::code_list_list, opendata::v1::code_lists::__path_code_list_list;
        Lookup "/v1/code-lists/{name}" opendata::v1::code_lists::code_list_view, opendata::v1::code_lists::__path_code_list_view;
        Lookup "/v1/policy" opendata::v1::policy::policy_view, opendata::v1::policy::__path_policy_view;
        Free "/v1/quota" access::v1::quota_view, access::v1::__path_quota_view;
        Free "/healthz" service::liveness_view, service::__path_liveness_view;
        Free "/readyz" service::readiness_view, service::__path_readiness_view;
        Free "/openapi.json" service::contract_view, service::__path_contract_view;
        Free "/openapi.yaml" service::contract_yaml_view, service::__path_contract_yaml_view;
    }
    pages {
        Page "/" registry::pages::home;
        Always "/e/{code}" registry::pages::elevator;
        Page "/search" registry::pages::search;
        Page "/problems/{code}" registry::pages::problem;
    }
}

/// What a matched address takes. What matches nothing is charged too: guessing addresses is not free.
pub fn class(route: Option<&str>, page: bool) -> Class {
    let plain = route.map(|route| {
        let inner = route.strip_prefix("/zh").or_else(|| route.strip_prefix("/en")).unwrap_or(route);
        if inner.starts_with('/') { inner } else { route }
    });
    let known = plain.and_then(|route| CLASSES.iter().find(|(path, _)| *path == route));
    match known {
        Some((_, class)) => *class,
        None if page => Class::Page,
        None => Class::Lookup,
    }
}

/// Whether any address takes like this.
pub fn is_used(class: Class) -> bool {
    CLASSES.iter().any(|(_, used)| *used == class)
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
    config.service(web::resource("/docs").route(web::get().to(http::page::with_slash)));
    config.service(web::resource("/docs/{file:.*}").route(web::get().to(service::viewer)));
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
