use std::io::Write as _;

use attestry::app::identity::Role;
use attestry::evidence::ReceiptStatus;

use super::super::support::{files_below, signed_in};
use super::super::web::serving;
use super::{bom, see, trail, upload};

const PAN: &str = "4539578763621486";

#[actix_web::test]
async fn a_card_number_quarantines_its_file_and_comes_to_rest_nowhere() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        let content = bom("shop", 2).replacen("shop-part-0", &format!("shop {PAN}"), 1);

        let reply = upload(address, &cookie, &[], &[(&format!("{PAN}.json"), &content)]).await;

        assert_eq!(reply.status, 200);
        assert!(
            reply.body.contains("card-number") && reply.body.contains("453957******1486"),
            "{}",
            reply.body
        );
        assert!(!reply.body.contains(PAN));
        let trail = trail(app).await;
        let row = trail.into_iter().find(|r| r.action == "evidence.uploaded").unwrap();
        let said = app.audit_open(row).unwrap().who.unwrap().after;
        assert_eq!(
            (said["status"].as_str(), said["reasons"][0].as_str()),
            (Some("quarantined"), Some("card-number"))
        );
        assert!(see(address, &cookie, "/quarantine").await.body.contains("1 payment card number"));
        for file in files_below(app.data.path()) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(PAN.len()).any(|w| w == PAN.as_bytes()), "{}", file.display());
        }
    })
    .await;
}

#[actix_web::test]
async fn test_numbers_are_flagged_too_and_named_so() {
    serving(async |app, _| {
        let content = bom("shop", 1).replacen("shop-part-0", "4111 1111 1111 1111", 1);

        let receipt = app.import_file("bom.json", content, "").await;

        assert_eq!(receipt.status, ReceiptStatus::Quarantined);
        assert_eq!((receipt.errors[0].code.as_str(), receipt.redacted), ("card-number", 1));
        assert!(receipt.errors[0].message.contains("published for tests"), "{}", receipt.errors[0].message);
        assert!(receipt.counts.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn archives_are_looked_into_whether_read_by_member_or_not() {
    serving(async |app, _| {
        let zipped = |name: &str, content: &str| {
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
            zip.finish().unwrap().into_inner()
        };

        let member = app.import_file("a.zip", zipped("list.csv", &format!("a;{PAN}\n")), "").await;
        let office =
            app.import_file("b.xlsx", zipped("[Content_Types].xml", &format!("<v>{PAN}</v>")), "").await;

        for receipt in [member, office] {
            assert_eq!(receipt.errors[0].code, "card-number", "{receipt:?}");
        }
    })
    .await;
}
