//! What the voice platform is told: the tools' schemas, the system prompt, the server. Pure.
//!
//! Names and parameters are the wire's: assistants that exist already call them. What differs from org to org is the
//! clinic's name, zone, people and catalogue.

mod schemas;

use serde_json::json;
use voxanne_vapi::provisioning::{
    BackoffGrowth, BackoffPlan, Function, FunctionTool, Model, PromptMessage, Server, TransferTool,
};

use self::schemas::Tool;

use crate::phone::emergency_number;
use crate::scheduling::{Location, RuleBook};

/// Services of an org that has said nothing about its own.
const DEFAULT_SERVICES: [&str; 6] =
    ["Botox", "Dermal Filler", "Laser Treatment", "Chemical Peel", "Consultation", "HydraFacial"];
/// The catch-all at the end of every catalogue.
const OTHER: &str = "Other";
/// What the model knows the platform's transfer by.
const TRANSFER: &str = "transfer_call";
/// The platform's patience with us, far above our own budget.
const SERVER_TIMEOUT_SECONDS: u16 = 20;

/// What the assistant must know of a clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clinic {
    /// As callers know it.
    pub name: String,
    /// IANA.
    pub time_zone: String,
    /// Bookable services, without the catch-all.
    pub services: Vec<String>,
    /// Who can be asked for.
    pub practitioners: Vec<String>,
    /// The front desk's own line.
    pub human_phone: Option<String>,
    /// What to dial for help where the clinic is.
    pub emergency_number: &'static str,
}

impl Clinic {
    /// What the rules of an org say of the clinic at `location`.
    pub fn at(book: &RuleBook, location: &Location) -> Self {
        let here = book.practitioners.iter().filter(|p| p.works_at(location.id));
        Self {
            name: book.settings.clinic_name.clone(),
            time_zone: location.zone_name.clone(),
            services: book.services.iter().filter(|s| !s.is_other).map(|s| s.name.clone()).collect(),
            practitioners: here.map(|p| p.name.clone()).collect(),
            human_phone: location.human_phone.clone(),
            emergency_number: emergency_number(&book.settings.default_region),
        }
    }

    /// The values of `serviceType`.
    fn service_types(&self) -> Vec<&str> {
        let own = self.services.iter().map(String::as_str).filter(|name| *name != OTHER);
        let mut names: Vec<&str> = own.collect();
        if names.is_empty() {
            names.extend(DEFAULT_SERVICES);
        }
        names.push(OTHER);
        names
    }
}

/// P9: said word for word, and nothing after it.
pub fn emergency(clinic: &Clinic) -> String {
    format!("Please hang up now and call {}. They can help you right away.", clinic.emergency_number)
}

/// Where an org's assistant sends its messages. Reports that we miss come again, up to five times.
pub fn server(door_url: &str, credential_id: Option<&str>) -> Server {
    Server {
        url: door_url.to_owned(),
        timeout_seconds: SERVER_TIMEOUT_SECONDS,
        credential_id: credential_id.map(str::to_owned),
        backoff_plan: Some(BackoffPlan {
            growth: BackoffGrowth::Exponential,
            max_retries: 5,
            base_delay_seconds: 1,
        }),
    }
}

/// The tools, answered by `server`. A tool call is not sent again: its caller would have moved on.
pub fn tools(clinic: &Clinic, server: &Server) -> Vec<FunctionTool> {
    let server = Server { backoff_plan: None, ..server.clone() };
    schemas::ALL
        .iter()
        .map(|of| {
            let Tool { name, description, parameters, meanwhile } = of(clinic);
            let function = Function { name: name.into(), description: description.into(), parameters };
            FunctionTool { messages: meanwhile, ..FunctionTool::new(function, server.clone()) }
        })
        .collect()
}

/// The platform's own tool that transfers a call; it asks our server where to. Only for a clinic that has a line for it.
pub fn transfer_tool(clinic: &Clinic) -> Option<TransferTool> {
    clinic.human_phone.as_ref()?;
    let description = "Connects the caller to the clinic's team. Call it only when the answer of request_human says that \
                       you are connecting them.";
    Some(TransferTool::asking_the_server(Function {
        name: TRANSFER.to_owned(),
        description: description.to_owned(),
        parameters: json!({ "type": "object", "properties": {} }),
    }))
}

/// The greeting.
pub fn first_message(clinic: &Clinic) -> String {
    format!("Thank you for calling {}. This call may be recorded. How can I help you?", clinic.name)
}

/// The model with its prompt; `tool_ids` are the platform's.
pub fn model(clinic: &Clinic, tool_ids: Vec<String>) -> Model {
    Model {
        provider: "openai".to_owned(),
        model: "gpt-4.1".to_owned(),
        temperature: 0.2,
        max_tokens: 250,
        tool_ids,
        messages: vec![PromptMessage { role: "system".to_owned(), content: system_prompt(clinic) }],
    }
}

/// What the assistant is told. The clock line is filled in by the platform at the start of every call.
pub fn system_prompt(clinic: &Clinic) -> String {
    let Clinic { name, time_zone, practitioners, human_phone, .. } = clinic;
    let clock = format!(r#"{{{{"now" | date: "%A, %B %d, %Y, %I:%M %p", "{time_zone}"}}}}"#);
    let services = clinic.service_types().join(", ");
    let team = match practitioners.as_slice() {
        [] => String::new(),
        people => format!("\nPractitioners: {}.", people.join(", ")),
    };
    let front_desk = match human_phone {
        Some(number) => format!("give them the front desk's number, {number}"),
        None => "ask them to call back during opening hours".to_owned(),
    };
    let transfer = match human_phone {
        Some(_) => format!(
            " If its answer says that you are connecting them, say so and call {TRANSFER} at once; call it at no other \
             time. If the transfer fails, call request_human once more."
        ),
        None => String::new(),
    };
    include_str!("system_prompt.txt")
        .trim_end()
        .replace("[clinic]", name)
        .replace("[clock]", &clock)
        .replace("[zone]", time_zone)
        .replace("[services]", &services)
        .replace("[team]", &team)
        .replace("[front desk]", &front_desk)
        .replace("[transfer]", &transfer)
        .replace("[emergency]", &emergency(clinic))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn glow() -> Clinic {
        Clinic {
            name: "Glow MedSpa".into(),
            time_zone: "America/Los_Angeles".into(),
            services: ["Botox", "Dermal Filler", "Microneedling"].map(str::to_owned).to_vec(),
            practitioners: vec!["Dr. Maya Chen".into(), "Jonah Reed".into()],
            human_phone: Some("+13105550199".into()),
            emergency_number: "911",
        }
    }

    fn bare() -> Clinic {
        Clinic { services: Vec::new(), practitioners: Vec::new(), human_phone: None, ..glow() }
    }

    fn door() -> Server {
        server(
            "https://voice.example.com/api/webhooks/vapi/token",
            Some("cccccccc-1111-4222-8333-444444444444"),
        )
    }

    #[test]
    fn the_tools_of_a_clinic_with_a_catalogue() {
        insta::assert_json_snapshot!(tools(&glow(), &door()));
    }

    #[test]
    fn the_system_prompt_of_a_clinic_with_a_catalogue() {
        insta::assert_snapshot!(system_prompt(&glow()));
    }

    #[test]
    fn the_server_of_an_assistant() {
        insta::assert_json_snapshot!(door());
    }

    #[test]
    fn an_org_without_a_catalogue_has_the_default_enum() {
        let enumerated =
            tools(&bare(), &door())[1].function.parameters["properties"]["serviceType"]["enum"].clone();
        let default = [
            "Botox",
            "Dermal Filler",
            "Laser Treatment",
            "Chemical Peel",
            "Consultation",
            "HydraFacial",
            "Other",
        ];
        assert_eq!(enumerated, json!(default));
    }

    #[test]
    fn other_is_in_the_enum_once_and_last() {
        let clinic = Clinic { services: vec!["Other".into(), "Facial".into()], ..glow() };
        assert_eq!(clinic.service_types(), ["Facial", "Other"]);
    }

    #[test]
    fn names_and_required_parameters_are_the_wires() {
        let named: Vec<(String, serde_json::Value)> = tools(&glow(), &door())
            .into_iter()
            .map(|tool| (tool.function.name, tool.function.parameters["required"].clone()))
            .collect();
        let expected = [
            ("check_availability", json!(["date"])),
            (
                "book_appointment",
                json!(["customerName", "customerPhone", "serviceType", "preferredDate", "preferredTime"]),
            ),
            ("notify_hot_lead", json!(["leadName", "leadPhone", "serviceInterest", "summary"])),
            ("find_openings", json!(["serviceType"])),
            ("find_my_appointments", json!([])),
            ("reschedule_appointment", json!([])),
            ("cancel_appointment", json!([])),
            ("get_clinic_info", json!(["topic"])),
            ("request_human", json!(["reason"])),
            ("join_waitlist", json!(["serviceType"])),
        ];
        assert_eq!(named, expected.map(|(name, required)| (name.to_owned(), required)));
    }

    #[test]
    fn every_tool_that_is_offered_is_one_that_is_answered() {
        for tool in tools(&glow(), &door()) {
            assert!(crate::tools::ToolName::parse(&tool.function.name).is_some(), "{}", tool.function.name);
        }
    }

    #[test]
    fn only_a_clinic_with_a_line_for_it_transfers() {
        insta::assert_json_snapshot!(transfer_tool(&glow()));
        assert!(system_prompt(&glow()).contains(TRANSFER));
        assert_eq!(transfer_tool(&bare()), None);
        assert!(!system_prompt(&bare()).contains(TRANSFER));
    }

    #[test]
    fn p9_emergency_words_have_a_fixed_answer() {
        for clinic in [glow(), bare()] {
            assert!(system_prompt(&clinic).contains(&emergency(&clinic)));
        }
    }

    #[test]
    fn no_placeholder_is_left_in_the_prompt() {
        for clinic in [glow(), bare()] {
            let prompt = system_prompt(&clinic);
            assert!(!prompt.contains(['[', ']']), "{prompt}");
            assert!(prompt.contains(r#"{{"now" | date: "%A, %B %d, %Y, %I:%M %p", "America/Los_Angeles"}}"#));
        }
    }
}
