//! The tools as the model sees them: one function, one tool.

use serde_json::{Value, json};
use voxanne_vapi::provisioning::ToolMessage;

use super::Clinic;

/// Every tool, in the order of the documents.
pub(super) const ALL: [fn(&Clinic) -> Tool; 10] = [
    check_availability,
    book_appointment,
    notify_hot_lead,
    find_openings,
    find_my_appointments,
    reschedule_appointment,
    cancel_appointment,
    get_clinic_info,
    request_human,
    join_waitlist,
];

/// What the platform is told of one tool.
pub(super) struct Tool {
    pub name: &'static str,
    pub description: &'static str,
    pub parameters: Value,
    /// What the assistant says while it waits.
    pub meanwhile: Vec<ToolMessage>,
}

fn check_availability(clinic: &Clinic) -> Tool {
    Tool {
        name: "check_availability",
        description: "Looks up which times are free on one day. Call it before offering any time, and again for every other \
                      day or treatment the caller asks about.",
        parameters: json!({
            "type": "object",
            "properties": {
                "date": {
                    "type": "string",
                    "description": "The day as YYYY-MM-DD by the clinic's own calendar.",
                },
                "serviceType": service_type(clinic),
                "practitionerName": practitioner_name(clinic),
                "partOfDay": part_of_day(),
            },
            "required": ["date"],
        }),
        meanwhile: meanwhile("One moment while I look at the calendar."),
    }
}

fn book_appointment(clinic: &Clinic) -> Tool {
    Tool {
        name: "book_appointment",
        description: "Books one visit. Call it only after the caller has said yes to the treatment, the day of the week with \
                      its date, and the time. The answer says whether the visit is booked.",
        parameters: json!({
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
                "prepareOnly": {
                    "type": "boolean",
                    "description": "true to hold the time and read it back; call again without it to book.",
                },
            },
            "required": ["customerName", "customerPhone", "serviceType", "preferredDate", "preferredTime"],
        }),
        meanwhile: meanwhile("One moment while I book that for you."),
    }
}

fn notify_hot_lead(_: &Clinic) -> Tool {
    Tool {
        name: "notify_hot_lead",
        description: "Alerts the clinic's manager at once that this caller is worth calling back. At most once per call.",
        parameters: json!({
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
        }),
        meanwhile: Vec::new(),
    }
}

fn find_openings(clinic: &Clinic) -> Tool {
    Tool {
        name: "find_openings",
        description: "Finds the nearest free times over several days. Call it when the caller is open about the day: the \
                      first you have, sometime next week, a Saturday morning.",
        parameters: json!({
            "type": "object",
            "properties": {
                "serviceType": service_type(clinic),
                "fromDate": {
                    "type": "string",
                    "description": "The first day as YYYY-MM-DD by the clinic's own calendar; today if left out.",
                },
                "toDate": {
                    "type": "string",
                    "description": "The last day as YYYY-MM-DD, at most 31 days later; two weeks if left out.",
                },
                "weekdays": {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "enum": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
                    },
                    "description": "Only if the caller can come on some days of the week and not on others.",
                },
                "partOfDay": part_of_day(),
                "practitionerName": practitioner_name(clinic),
            },
            "required": ["serviceType"],
        }),
        meanwhile: meanwhile("One moment while I look at the calendar."),
    }
}

fn find_my_appointments(_: &Clinic) -> Tool {
    Tool {
        name: "find_my_appointments",
        description: "Says which visits are ahead under the number the caller is calling from. It takes nothing: no other \
                      number can be looked up.",
        parameters: json!({ "type": "object", "properties": {}, "required": [] }),
        meanwhile: meanwhile("One moment while I look that up."),
    }
}

fn reschedule_appointment(_: &Clinic) -> Tool {
    Tool {
        name: "reschedule_appointment",
        description: "Moves one visit of the caller's own number. Call it only after the caller has said yes to the new day \
                      and time. The answer says whether the visit has moved.",
        parameters: json!({
            "type": "object",
            "properties": {
                "newDate": {
                    "type": "string",
                    "description": "The new day as YYYY-MM-DD by the clinic's own calendar; leave it out to keep the day.",
                },
                "newTime": {
                    "type": "string",
                    "description": "The new time as HH:MM, 24-hour, by the clinic's own clock; leave it out to keep the time.",
                },
                "appointmentHint": appointment_hint(),
            },
            "required": [],
        }),
        meanwhile: meanwhile("One moment while I change that for you."),
    }
}

fn cancel_appointment(_: &Clinic) -> Tool {
    Tool {
        name: "cancel_appointment",
        description: "Cancels one visit of the caller's own number. Call it only after the caller has said yes to cancelling \
                      it. The answer says whether it is cancelled.",
        parameters: json!({
            "type": "object",
            "properties": {
                "appointmentHint": appointment_hint(),
                "reason": { "type": "string", "description": "Why, if the caller says so." },
            },
            "required": [],
        }),
        meanwhile: meanwhile("One moment while I do that."),
    }
}

fn get_clinic_info(clinic: &Clinic) -> Tool {
    Tool {
        name: "get_clinic_info",
        description: "Answers questions about the clinic from its own data. Call it for every such question; never answer \
                      one from memory.",
        parameters: json!({
            "type": "object",
            "properties": {
                "topic": {
                    "type": "string",
                    "enum": ["hours", "address", "parking", "prices", "services", "preparation", "policies"],
                    "description": "What the question is about; policies is what changing or cancelling late costs.",
                },
                "serviceType": service_type(clinic),
            },
            "required": ["topic"],
        }),
        meanwhile: Vec::new(),
    }
}

fn request_human(_: &Clinic) -> Tool {
    Tool {
        name: "request_human",
        description: "Gets the caller a person from the clinic's team: now if somebody is there, otherwise a call back. The \
                      answer says which.",
        parameters: json!({
            "type": "object",
            "properties": {
                "reason": {
                    "type": "string",
                    "description": "What it is about, in one sentence; a symptom in the caller's own words.",
                },
                "urgency": {
                    "type": "string",
                    "enum": ["high", "medium"],
                    "description": "high if it cannot wait until tomorrow, and for every symptom.",
                },
                "customerPhone": {
                    "type": "string",
                    "description": "The number to call back, with country code, such as +13105550142. Only if the answer \
                                    asked for it or the caller wants another number.",
                },
            },
            "required": ["reason"],
        }),
        meanwhile: Vec::new(),
    }
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

fn appointment_hint() -> Value {
    json!({
        "type": "string",
        "description": "Which visit the caller means, as they say it: the treatment or the day. Only if they have several.",
    })
}

fn part_of_day() -> Value {
    json!({
        "type": "string",
        "enum": ["morning", "afternoon", "evening", "any"],
        "description": "Only if the caller prefers a part of the day.",
    })
}

fn join_waitlist(clinic: &Clinic) -> Tool {
    Tool {
        name: "join_waitlist",
        description: "Puts the caller on the waitlist for one treatment. Call it only after the caller has said that they \
                      want to wait for an opening. The answer says between which days.",
        parameters: json!({
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
                "partOfDay": part_of_day(),
                "practitionerName": practitioner_name(clinic),
            },
            "required": ["serviceType"],
        }),
        meanwhile: meanwhile("One moment while I put you on the list."),
    }
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
