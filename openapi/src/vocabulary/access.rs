//! Codes of who may call how often.

use super::vocabulary;

vocabulary! {
    /// A named quota. Its name stands in the headers `RateLimit-Policy` and `RateLimit`.
    LimitPolicy: "limit-policy", "限额", "Quota" {
        /// Calls of the API by one address or key within a short window.
        Burst = "burst", "接口，短时", "API, short window";
        /// Calls of the API by one address or key within a day.
        Daily = "daily", "接口，每天", "API, a day";
        /// Streams of whole lists by one address or key.
        Export = "export", "整表导出", "Whole lists";
        /// Pages opened by one address.
        Pages = "pages", "网页", "Pages";
        /// Attempts to log in from one address.
        LogIn = "log_in", "登录，按来访地址", "Log-in, by address";
        /// Attempts to log in under one name.
        LogInName = "log_in_name", "登录，按账号", "Log-in, by name";
        /// API keys made from one address.
        KeyCreation = "key_creation", "申请密钥", "Making keys";
        /// Complaints filed from one address.
        Complaint = "complaint", "提交投诉", "Filing complaints";
    }
}

vocabulary! {
    /// What an account may do, in general. Which act a role may do on whose things is the table of rights.
    Role: "role", "角色", "Role" {
        /// An officer who reads.
        Reader = "reader", "查阅员", "Reader";
        /// An officer who works cases of the own bureau.
        Officer = "officer", "经办员", "Officer";
        /// An officer who works and decides cases of the own bureau.
        Decider = "decider", "审批员", "Decider";
        /// An officer of the city bureau, who decides there and reads in every district.
        CityBureau = "city_bureau", "市局人员", "City bureau";
        /// Whoever runs the service: accounts, authorities, the policy in force, jobs, keys. Decides no case.
        Administrator = "administrator", "系统管理员", "Administrator";
        /// The account that answers for a unit and invites others into it.
        UnitOwner = "unit_owner", "单位负责人", "Unit owner";
        /// An account of a unit.
        UnitMember = "unit_member", "单位成员", "Unit member";
        /// An account of another unit, which acts for this one.
        UnitDelegate = "unit_delegate", "受托代理人", "Unit delegate";
    }
}
