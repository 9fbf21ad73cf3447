//! A bucket: the requests that a store of the S3 kind must understand, answered from memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::*;

/// What lies in the bucket, by its whole path, and how many requests came without a signature.
#[derive(Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Bytes>>,
    unsigned: Mutex<u32>,
}

async fn serve(request: HttpRequest, body: Bytes, bucket: web::Data<Bucket>) -> HttpResponse {
    let signed =
        request.headers().get("authorization").and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.starts_with("AWS4-HMAC-SHA256 Credential=user/") && value.contains("Signature=")
        });
    if !signed {
        *bucket.unsigned.lock().unwrap() += 1;
    }
    let mut objects = bucket.objects.lock().unwrap();
    let path = request.path().to_owned();
    let modified = "Mon, 23 Nov 2026 04:00:00 GMT";
    match (request.method().as_str(), objects.get(&path).cloned()) {
        ("PUT", _) => {
            objects.insert(path, body);
            HttpResponse::Ok().insert_header(("ETag", "\"1\"")).finish()
        }
        ("GET", _) if path == "/files" || path == "/files/" => HttpResponse::Ok().body(listing(&objects)),
        ("GET" | "HEAD", Some(object)) => HttpResponse::Ok()
            .insert_header(("ETag", "\"1\""))
            .insert_header(("Last-Modified", modified))
            .body(object),
        ("DELETE", Some(_)) => {
            objects.remove(&path);
            HttpResponse::NoContent().finish()
        }
        _ => HttpResponse::NotFound().finish(),
    }
}

fn listing(objects: &BTreeMap<String, Bytes>) -> String {
    let rows = objects.iter().map(|(path, object)| {
        let key = path.trim_start_matches("/files/");
        format!(
            "<Contents><Key>{key}</Key><LastModified>2026-11-23T04:00:00.000Z</LastModified><ETag>\"1\"</ETag><Size>{}</Size></Contents>",
            object.len()
        )
    });
    format!(
        "<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>",
        rows.collect::<String>()
    )
}

#[actix_web::test]
async fn a_bucket_is_as_good_as_a_folder() {
    let bucket = web::Data::new(Bucket::default());
    let served = bucket.clone();
    let server = HttpServer::new(move || App::new().app_data(served.clone()).default_service(web::to(serve)))
        .workers(1)
        .bind(("127.0.0.1", 0))
        .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let world = World::open(Own::sqlite("bucket").await, "bucket", |settings| {
        settings.folder = PathBuf::new();
        settings.bucket = "files".to_owned();
        settings.prefix = "yuti/kept".to_owned();
        settings.endpoint = format!("http://{address}");
        settings.access_key = Some(crate::config::Secret::new("user".to_owned()));
        settings.secret_key = Some(crate::config::Secret::new("secret".to_owned()));
    })
    .await;
    let kept = world.hand_in(&pdf("kept"), now()).await;
    let _ = world.files.take(Bytes::from(pdf("cut off"))).await.unwrap();
    assert_eq!(world.files.read(&kept).await.unwrap(), pdf("kept"));
    {
        let mut objects = bucket.objects.lock().unwrap();
        assert_eq!(objects.len(), 3, "two files, and the mark of the database");
        assert!(objects.keys().all(|path| path.starts_with("/files/yuti/kept/")), "{objects:?}");
        objects.insert("/files/yuti/kept/of-others".to_owned(), Bytes::new());
    }
    let late = "2026-12-30T04:00:00Z".parse().unwrap();
    assert_eq!(
        sweep::run(&world.files, &world.own.db, late).await.unwrap(),
        sweep::Swept { orphans: 1, erased: 0 }
    );
    assert_eq!(bucket.objects.lock().unwrap().len(), 3);
    assert!(sweep::check(&world.files, &world.own.db, true, &|| ()).await.unwrap().is_empty());
    bucket.objects.lock().unwrap().clear();
    let missing = [sweep::Wrong::Missing(kept.id)];
    assert_eq!(sweep::check(&world.files, &world.own.db, true, &|| ()).await.unwrap(), missing);
    assert_eq!(*bucket.unsigned.lock().unwrap(), 0, "every request carries a signature");
    handle.stop(false).await;
    world.close().await;
}

/// Over TLS the client needs more than over plain HTTP; whether it has it shows when it is made.
#[actix_web::test]
async fn a_bucket_behind_tls_is_asked() {
    let mut config = Config::load(None, &|_| None).unwrap();
    config.files.bucket = "files".to_owned();
    config.files.endpoint = "https://127.0.0.1:1".to_owned();
    config.files.access_key = Some(crate::config::Secret::new("user".to_owned()));
    config.files.secret_key = Some(crate::config::Secret::new("secret".to_owned()));
    let files = Files::open(&config, Arc::new(Vault::for_test())).unwrap();
    let outcome = tokio::time::timeout(Duration::from_secs(1), files.take(Bytes::from(pdf("x")))).await;
    // Nobody answers there: tried again until the time is over, or refused as a fault of ours.
    assert!(!matches!(outcome, Ok(Ok(_) | Err(Refused::File { .. }))), "{outcome:?}");
}
