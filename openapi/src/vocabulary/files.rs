//! Codes of files that are handed in.

use super::vocabulary;

vocabulary! {
    /// What a kept file is.
    FileType: "file-type", "文件类型", "Type of a file" {
        /// A photograph.
        Jpeg = "image/jpeg", "JPEG 图片", "JPEG picture";
        /// A picture with few colours, or with transparency.
        Png = "image/png", "PNG 图片", "PNG picture";
        /// A document.
        Pdf = "application/pdf", "PDF 文档", "PDF document";
    }
}

vocabulary! {
    /// What a file was handed in for.
    FilePurpose: "file-purpose", "文件用途", "Purpose of a file" {
        /// Proof that whoever asks for an account speaks for the unit.
        UnitRequestProof = "unit_request_proof", "单位账号申请的证明材料", "Proof for a unit's request";
    }
}
