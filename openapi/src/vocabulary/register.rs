//! Codes of registers, divisions and the change feed.

use super::vocabulary;

vocabulary! {
    /// The coding scheme that an equipment code follows, by its shape.
    CodeScheme: "code-scheme", "设备代码的编码规则", "Scheme of an equipment code" {
        /// Equipment code of 17 places (serial of 4).
        EquipmentCode17 = "equipment_code_17", "设备代码（17 位）", "Equipment code, 17 places";
        /// Equipment code of 18 places (serial of 5).
        EquipmentCode18 = "equipment_code_18", "设备代码（18 位）", "Equipment code, 18 places";
        /// Registration code of 20 places.
        RegistrationCode20 = "registration_code_20", "注册代码（20 位）", "Registration code, 20 places";
        /// Older lifelong code of 21 places.
        LifelongCode21 = "lifelong_code_21", "旧特种设备代码（21 位）", "Older lifelong code, 21 places";
    }
}

vocabulary! {
    /// The kind of a division.
    DistrictKind: "district-kind", "区划的种类", "Kind of a division" {
        /// District.
        District = "district", "区", "District";
        /// County.
        County = "county", "县", "County";
        /// Autonomous county.
        AutonomousCounty = "autonomous_county", "自治县", "Autonomous county";
        /// Borough.
        Borough = "borough", "行政区", "Borough";
    }
}

vocabulary! {
    /// The level of an authority.
    AuthorityLevel: "authority-level", "机关的层级", "Level of an authority" {
        /// City bureau.
        City = "city", "市局", "City bureau";
        /// District bureau.
        District = "district", "区县局", "District bureau";
        /// Bureau of a functional zone.
        Zone = "zone", "功能区局", "Bureau of a functional zone";
    }
}

vocabulary! {
    /// What happened to a published thing.
    ChangeKind: "change-kind", "变化的种类", "Kind of a change" {
        /// It was published for the first time.
        Created = "created", "新增", "Created";
        /// A fact about it changed.
        Updated = "updated", "更新", "Updated";
        /// A fact that had been wrong was put right.
        Corrected = "corrected", "更正", "Corrected";
        /// It is no longer published; the entry stays as its tombstone.
        Withdrawn = "withdrawn", "撤下", "Withdrawn";
    }
}

vocabulary! {
    /// What an entry of the change feed is about.
    ChangeSubject: "change-subject", "变化的对象", "Subject of a change" {
        /// An elevator.
        Elevator = "elevator", "电梯", "Elevator";
        /// An organisation.
        Organisation = "organisation", "单位", "Organisation";
    }
}

vocabulary! {
    /// Why an entry stands in the change feed.
    ChangeReason: "change-reason", "变化的原因", "Reason of a change" {
        /// A register was imported.
        Import = "import", "导入登记数据", "A register was imported";
        /// Demonstration data was made.
        Demonstration = "demonstration", "生成演示数据", "Demonstration data was made";
        /// Demonstration data was removed.
        DemonstrationRemoved = "demonstration_removed", "移除演示数据", "Demonstration data was removed";
        /// A unit that no register names got an account.
        UnitAccepted = "unit_accepted", "单位开通账号", "A unit got an account";
        /// Elevators were assigned to a unit or taken from it: the numbers it answers for are others.
        ElevatorsAssigned = "elevators_assigned", "负责的电梯有增减", "Its elevators became more or fewer";
        /// A validity ended by the mere passing of time.
        ValidityEnded = "validity_ended", "有效期届满", "A validity ended";
    }
}

vocabulary! {
    /// How sure a fact of the field is.
    Confidence: "confidence", "可信程度", "How sure a fact is" {
        /// The text itself was read.
        High = "high", "高", "High";
        /// Several independent secondary sources agree.
        MediumHigh = "medium_high", "较高", "Rather high";
        /// One secondary source, or from memory.
        Medium = "medium", "中", "Medium";
        /// Doubtful.
        LowMedium = "low_medium", "较低", "Rather low";
        /// Weakly supported.
        Low = "low", "低", "Low";
        /// No law gives it: a setting of this service.
        Setting = "setting", "本服务的设定", "A setting of this service";
    }
}
