//! What the voice platform is told: the tools' schemas, the system prompt, the server. Pure.
//!
//! Names and parameters are the wire's: assistants that exist already call them. What differs from org to org is the
//! clinic's name, zone, people and catalogue.

use serde_json::{Value, json};
use voxanne_vapi::provisioning::{
    BackoffGrowth, BackoffPlan, Function, FunctionTool, Model, PromptMessage, Server, ToolMessage,
};

use crate::scheduling::{Location, RuleBook};

/// Services of an org that has said nothing about its own.
const DEFAULT_SERVICES: [&str; 6] =
    ["Botox", "Dermal Filler", "Laser Treatment", "Chemical Peel", "Consultation", "HydraFacial"];
/// The catch-all at the end of every catalogue.
const OTHER: &str = "Other";
/// The platform's patience with us, far above our own budget.
const SERVER_TIMEOUT_SECONDS: u16 = 20;
/// P9: said word for word, and nothing after it.
pub const EMERGENCY: &str = "Please hang up now and call 911. They can help you right away.";

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
    let tool = |name: &str, description: &str, parameters: Value, meanwhile: Vec<ToolMessage>| {
        let function = Function { name: name.to_owned(), description: description.to_owned(), parameters };
        FunctionTool { messages: meanwhile, ..FunctionTool::new(function, server.clone()) }
    };
    vec![
        tool(
            "check_availability",
            "Looks up which times are free on one day. Call it before offering any time, and again for every other day or \
             treatment the caller asks about.",
            check_availability(clinic),
            meanwhile("One moment while I look at the calendar."),
        ),
        tool(
            "book_appointment",
            "Books one visit. Call it only after the caller has said yes to the treatment, the day of the week with its \
             date, and the time. The answer says whether the visit is booked.",
            book_appointment(clinic),
            meanwhile("One moment while I book that for you."),
        ),
        tool(
            "notify_hot_lead",
            "Alerts the clinic's manager at once that this caller is worth calling back. At most once per call.",
            notify_hot_lead(),
            Vec::new(),
        ),
        tool(
            "join_waitlist",
            "Puts the caller on the waitlist for one treatment. Call it only after the caller has said that they want to wait \
             for an opening. The answer says between which days.",
            join_waitlist(clinic),
            meanwhile("One moment while I put you on the list."),
        ),
    ]
}

fn meanwhile(start: &str) -> Vec<ToolMessage> {
    vec![
        ToolMessage::RequestStart { content: start.to_owned(), blocking: false },
        ToolMessage::RequestResponseDelayed {
            timing_milliseconds: 3000,
            content: "Thank you for your patience, I'm still on it.".to_owned(),
        },
        ToolMessage::RequestFailed {
            content: "I'm sorry, I couldn't reach our calendar just now. Shall I try once more?".to_owned(),
        },
    ]
}

fn check_availability(clinic: &Clinic) -> Value {
    json!({
        "type": "object",
        "properties": {
            "date": {
                "type": "string",
                "description": "The day as YYYY-MM-DD by the clinic's own calendar.",
            },
            "serviceType": service_type(clinic),
            "practitionerName": practitioner_name(clinic),
            "partOfDay": {
                "type": "string",
                "enum": ["morning", "afternoon", "evening", "any"],
                "description": "Only if the caller prefers a part of the day.",
            },
        },
        "required": ["date"],
    })
}

fn book_appointment(clinic: &Clinic) -> Value {
    json!({
        "type": "object",
        "properties": {
            "customerName": { "type": "string", "description": "First and last name as the caller gave them." },
            "customerPhone": {
                "type": "string",
                "description": "The caller's number with country code, such as +13105550142.",
            },
            "serviceType": service_type(clinic),
            "preferredDate": {
                "type": "string",
                "description": "The day as YYYY-MM-DD by the clinic's own calendar.",
            },
            "preferredTime": { "type": "string", "description": "The start as HH:MM, 24 hours, clinic time." },
            "durationMinutes": {
                "type": "integer",
                "default": 45,
                "description": "Only for a treatment that is not in the list.",
            },
            "customerEmail": { "type": "string", "description": "Only if the caller offers it." },
            "notes": { "type": "string", "description": "Anything the practitioner should know, in one sentence." },
            "practitionerName": practitioner_name(clinic),
        },
        "required": ["customerName", "customerPhone", "serviceType", "preferredDate", "preferredTime"],
    })
}

fn notify_hot_lead() -> Value {
    json!({
        "type": "object",
        "properties": {
            "leadName": { "type": "string", "description": "The caller's name." },
            "leadPhone": {
                "type": "string",
                "description": "The caller's number with country code, such as +13105550142.",
            },
            "serviceInterest": { "type": "string", "description": "The treatments the caller wants." },
            "summary": {
                "type": "string",
                "maxLength": 200,
                "description": "What the manager should know before calling back, in at most 200 characters.",
            },
            "urgency": {
                "type": "string",
                "enum": ["high", "medium"],
                "description": "high if the caller wants to come this week.",
            },
        },
        "required": ["leadName", "leadPhone", "serviceInterest", "summary"],
    })
}

fn join_waitlist(clinic: &Clinic) -> Value {
    json!({
        "type": "object",
        "properties": {
            "serviceType": service_type(clinic),
            "from": {
                "type": "string",
                "description": "The first day that suits, as YYYY-MM-DD by the clinic's own calendar; today if left out.",
            },
            "to": {
                "type": "string",
                "description": "The last day that suits, as YYYY-MM-DD; a month later if left out.",
            },
            "partOfDay": {
                "type": "string",
                "enum": ["morning", "afternoon", "evening", "any"],
                "description": "Only if the caller prefers a part of the day.",
            },
            "practitionerName": practitioner_name(clinic),
        },
        "required": ["serviceType"],
    })
}

fn service_type(clinic: &Clinic) -> Value {
    json!({
        "type": "string",
        "enum": clinic.service_types(),
        "description": "The treatment; Other if none fits.",
    })
}

fn practitioner_name(clinic: &Clinic) -> Value {
    let who = match clinic.practitioners.as_slice() {
        [] => "Only if the caller asks for somebody.".to_owned(),
        names => format!("Only if the caller asks for somebody: {}.", names.join(", ")),
    };
    json!({ "type": "string", "description": who })
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
    include_str!("system_prompt.txt")
        .trim_end()
        .replace("[clinic]", name)
        .replace("[clock]", &clock)
        .replace("[zone]", time_zone)
        .replace("[services]", &services)
        .replace("[team]", &team)
        .replace("[front desk]", &front_desk)
        .replace("[emergency]", EMERGENCY)
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
        let of = |index: usize| tools(&glow(), &door()).remove(index).function;
        let required = |index| of(index).parameters["required"].clone();
        let names: Vec<String> = (0..4).map(|index| of(index).name).collect();
        assert_eq!(names, ["check_availability", "book_appointment", "notify_hot_lead", "join_waitlist"]);
        assert_eq!(required(0), json!(["date"]));
        assert_eq!(
            required(1),
            json!(["customerName", "customerPhone", "serviceType", "preferredDate", "preferredTime"])
        );
        assert_eq!(required(2), json!(["leadName", "leadPhone", "serviceInterest", "summary"]));
        assert_eq!(required(3), json!(["serviceType"]));
    }

    #[test]
    fn p9_emergency_words_have_a_fixed_answer() {
        for clinic in [glow(), bare()] {
            assert!(system_prompt(&clinic).contains(EMERGENCY));
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
