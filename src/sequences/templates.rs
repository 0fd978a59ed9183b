//! Sequences that come with the product: words that a clinic could sign as they are. Made inactive, for the org to read.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A sequence to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SequenceTemplate {
    /// Came close, did not book: a day, four and ten days after the call.
    CameClose,
    /// After your visit: thanks and a question a day after, an invitation two weeks after.
    AfterYourVisit,
}

impl SequenceTemplate {
    /// Both.
    pub const ALL: [Self; 2] = [Self::CameClose, Self::AfterYourVisit];

    /// The sequence, as a program would write it.
    pub fn fields(self) -> Value {
        match self {
            Self::CameClose => came_close(),
            Self::AfterYourVisit => after_your_visit(),
        }
    }
}

fn came_close() -> Value {
    json!({
        "name": "Came close, did not book",
        "trigger": "no_booking",
        "max_days": 14,
        "steps": [
            {"after_days": 1, "at_hour": 11, "words": {
                "en": "Hi {first_name}, thank you for calling {clinic}. If you still have questions or would like to find a time, \
                       just reply here and one of us will help. {questions}",
                "es": "Hola {first_name}, gracias por llamar a {clinic}. Si le quedan preguntas o quiere buscar una hora, responda a \
                       este mensaje y le ayudamos. {questions}",
            }},
            {"after_days": 4, "at_hour": 16, "words": {
                "en": "{clinic}: no rush at all. Whenever you feel ready, reply with a day that suits you and we'll look for a time. \
                       {questions}",
                "es": "{clinic}: sin ninguna prisa. Cuando quiera, responda con el día que le convenga y le buscamos una hora. \
                       {questions}",
            }},
            {"after_days": 10, "at_hour": 11, "words": {
                "en": "{clinic}: this is our last note about your call. If now isn't the moment, that's perfectly fine. You can \
                       reply any time and we'll be glad to help. {questions}",
                "es": "{clinic}: no le escribimos más sobre su llamada. Si ahora no es el momento, no pasa nada. Puede responder \
                       cuando quiera y le atendemos con gusto. {questions}",
            }},
        ],
    })
}

fn after_your_visit() -> Value {
    json!({
        "name": "After your visit",
        "trigger": "after_visit",
        "max_days": 21,
        "steps": [
            {"after_days": 1, "at_hour": 11, "words": {
                "en": "Hi {first_name}, thank you for visiting {clinic}. How are you doing today? Reply here with any question about \
                       your aftercare. If something worries you, please call us. {questions}",
                "es": "Hola {first_name}, gracias por visitar {clinic}. ¿Cómo se siente hoy? Responda con cualquier pregunta sobre \
                       sus cuidados. Si algo le preocupa, por favor llame. {questions}",
            }},
            {"after_days": 14, "at_hour": 11, "words": {
                "en": "{clinic}: we hope you're happy with your visit, and we'd love to hear how it went: just reply. When you'd like \
                       to come again, tell us and we'll find a good time. {questions}",
                "es": "{clinic}: esperamos que todo vaya bien después de su visita. Nos encantaría saberlo: responda aquí. Cuando \
                       quiera volver, le buscamos una buena hora. {questions}",
            }},
        ],
    })
}
