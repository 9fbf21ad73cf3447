//! Codes of what is known about an elevator.

use super::vocabulary;

vocabulary! {
    /// The answer of an elevator's page. First match wins, in this order: out of use, attention, not received, in order.
    ElevatorStatus: "elevator-status", "电梯现在的状态", "What the page of an elevator answers" {
        /// Nothing speaks against using it.
        InOrder = "in_order", "正常", "In order";
        /// The inspection has lapsed.
        Attention = "attention", "需要注意", "Needs attention";
        /// Reported out of use, or the last inspection failed.
        OutOfUse = "out_of_use", "停用", "Out of use";
        /// No inspection has been received: we do not know.
        NotReceived = "not_received", "没收到", "Not received";
    }
}

vocabulary! {
    /// Why the status is what it is.
    StatusReason: "status-reason", "状态的原因", "Why the status is what it is" {
        /// The register says that the elevator is out of use.
        ReportedOutOfUse = "reported_out_of_use", "登记为停用", "Reported out of use";
        /// The register says that it was dismantled or struck off.
        Deregistered = "deregistered", "已拆除或注销", "Dismantled or struck off";
        /// The last inspection was not passed.
        InspectionFailed = "inspection_failed", "最近一次检验不合格", "The last inspection was not passed";
        /// The inspection's validity has ended: the elevator must not be used (Special Equipment Safety Law, Art. 40).
        InspectionLapsed = "inspection_lapsed", "检验过期", "The inspection has lapsed";
        /// No validity of an inspection has been received.
        InspectionNotReceived = "inspection_not_received", "没收到检验有效期", "No inspection validity received";
        /// The inspection is valid.
        InspectionValid = "inspection_valid", "检验在有效期内", "The inspection is valid";
    }
}

vocabulary! {
    /// What the register says of the elevator's registration.
    UseStatus: "use-status", "登记的使用状态", "Registered state of use" {
        /// In use.
        InUse = "in_use", "在用", "In use";
        /// Registered as out of use for the time being.
        Suspended = "suspended", "停用", "Out of use";
        /// Being repaired or altered.
        UnderRepair = "under_repair", "修理改造中", "Under repair or alteration";
        /// Built or installed, not yet registered for use.
        BeingInstalled = "being_installed", "安装中", "Being installed";
        /// Dismantled, scrapped or struck off the register.
        Deregistered = "deregistered", "注销", "Struck off";
    }
}

vocabulary! {
    /// The kind of an inspection or test.
    InspectionKind: "inspection-kind", "检验检测的种类", "Kind of an inspection or test" {
        /// Supervised inspection when installed, altered or heavily repaired.
        Supervisory = "supervisory", "监督检验", "Supervisory inspection";
        /// Periodic inspection (TSG T7001).
        Periodic = "periodic", "定期检验", "Periodic inspection";
        /// Self-test in the years between (TSG T7008-2023).
        SelfTest = "self_test", "自行检测", "Self-test";
    }
}

vocabulary! {
    /// The outcome of an inspection or test.
    InspectionResult: "inspection-result", "检验结论", "Outcome of an inspection" {
        /// Passed.
        Passed = "passed", "合格", "Passed";
        /// Passed again after defects were mended.
        PassedAfterRepair = "passed_after_repair", "复检合格", "Passed after repair";
        /// Defects were found; the record does not say that the elevator failed.
        DefectsFound = "defects_found", "有问题待整改", "Defects found";
        /// Failed.
        Failed = "failed", "不合格", "Failed";
        /// The inspection could not be carried out.
        NotCarriedOut = "not_carried_out", "没有检成", "Not carried out";
    }
}

vocabulary! {
    /// How exactly a validity is known. A month lasts to its last day.
    Precision: "precision", "有效期精确到", "How exactly a date is known" {
        /// To the day.
        Day = "day", "日", "Day";
        /// To the month.
        Month = "month", "月", "Month";
    }
}

vocabulary! {
    /// The kind of insurance (clause E2 of the pilot notice).
    InsuranceKind: "insurance-kind", "保险的种类", "Kind of insurance" {
        /// Elevator safety liability insurance.
        SafetyLiability = "safety_liability", "电梯安全责任保险", "Elevator safety liability insurance";
        /// Life-cycle ("pension") insurance.
        LifeCycle = "life_cycle", "电梯养老保险", "Elevator life-cycle insurance";
        /// Insurance with service.
        InsuranceAndService = "insurance_and_service", "“保险+服务”", "Insurance with service";
        /// Another kind, named by the insured.
        Other = "other", "其他保险", "Other insurance";
        /// The register says that there is none.
        NotInsured = "not_insured", "没有保险", "Not insured";
    }
}

vocabulary! {
    /// The kind of maintenance contract. "All-inclusive" has no national definition.
    ContractKind: "contract-kind", "维保合同的种类", "Kind of maintenance contract" {
        /// All-inclusive (大包、全包维保): parts and repairs included.
        AllInclusive = "all_inclusive", "全包维保", "All-inclusive";
        /// Some parts included.
        PartlyInclusive = "partly_inclusive", "半包维保", "Partly inclusive";
        /// Labour only.
        LabourOnly = "labour_only", "清包维保", "Labour only";
    }
}

vocabulary! {
    /// Why an annotation ended.
    AnnotationEnd: "annotation-end", "标注结束的原因", "Why an annotation ended" {
        /// The unit left the pilot.
        UnitExit = "unit_exit", "单位退出试点", "The unit left the pilot";
        /// The elevator left the pilot.
        ElevatorExit = "elevator_exit", "电梯退出试点", "The elevator left the pilot";
        /// The pilot ended.
        PilotEnded = "pilot_ended", "试点结束", "The pilot ended";
        /// The annotation had been entered in error.
        EnteredInError = "entered_in_error", "误标", "Entered in error";
    }
}

vocabulary! {
    /// The part that a unit plays for an elevator.
    UnitRole: "unit-role", "单位的角色", "Part of a unit" {
        /// The using unit: answers for the elevator by law.
        UsingUnit = "using_unit", "使用单位", "Using unit";
        /// The maintenance unit.
        MaintenanceUnit = "maintenance_unit", "维保单位", "Maintenance unit";
    }
}
