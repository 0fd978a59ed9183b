//! The kinds of server messages that mean something to us.

/// What a server message is, whatever spelling it arrived in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A phone rings and no assistant is bound to the number. Answered within 7.5 s.
    AssistantRequest,
    /// The model calls one or more tools.
    ToolCalls,
    /// The legacy form of a single tool call, answered `{"result"}`.
    FunctionCall,
    /// The call moved on: ringing, in-progress, forwarding, ended.
    StatusUpdate,
    /// The call is over; transcript, analysis, recording and cost.
    EndOfCallReport,
    /// One utterance, partial or final.
    Transcript,
    /// The assistant kept silent for more than five seconds.
    Hang,
    /// The model wants to transfer and asks where to.
    TransferDestinationRequest,
    /// A squad member asks which assistant takes over.
    HandoffDestinationRequest,
    /// The platform asks for documents.
    KnowledgeBaseRequest,
    /// The platform asks how long to wait for more words.
    EndpointingRequest,
    /// A campaign asks whether it may dial a contact.
    CampaignPredial,
    /// The platform asks for synthesised speech. Never subscribed to.
    VoiceRequest,
    /// The call was erased on the platform; ours must follow.
    CallDeleted,
    /// Anything else, among it whatever the platform invents next month.
    Other,
}

impl Kind {
    /// The platform's name of the kind; `"other"` for [`Kind::Other`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssistantRequest => "assistant-request",
            Self::ToolCalls => "tool-calls",
            Self::FunctionCall => "function-call",
            Self::StatusUpdate => "status-update",
            Self::EndOfCallReport => "end-of-call-report",
            Self::Transcript => "transcript",
            Self::Hang => "hang",
            Self::TransferDestinationRequest => "transfer-destination-request",
            Self::HandoffDestinationRequest => "handoff-destination-request",
            Self::KnowledgeBaseRequest => "knowledge-base-request",
            Self::EndpointingRequest => "call.endpointing.request",
            Self::CampaignPredial => "campaign.predial",
            Self::VoiceRequest => "voice-request",
            Self::CallDeleted => "call.deleted",
            Self::Other => "other",
        }
    }

    /// Whether the platform reads the body of our answer.
    pub const fn needs_response(self) -> bool {
        !matches!(
            self,
            Self::StatusUpdate
                | Self::EndOfCallReport
                | Self::Transcript
                | Self::Hang
                | Self::CallDeleted
                | Self::Other
        )
    }

    /// Reads `message.type`; the subscription form `transcript[transcriptType="final"]` is a transcript.
    pub(crate) fn of(message_type: &str) -> Self {
        let name = message_type.split('[').next().unwrap_or_default().trim();
        match name.replace('_', "-").as_str() {
            "assistant-request" => Self::AssistantRequest,
            "tool-calls" | "tool-call" => Self::ToolCalls,
            "function-call" => Self::FunctionCall,
            "status-update" => Self::StatusUpdate,
            "end-of-call-report" => Self::EndOfCallReport,
            "transcript" => Self::Transcript,
            "hang" => Self::Hang,
            "transfer-destination-request" => Self::TransferDestinationRequest,
            "handoff-destination-request" => Self::HandoffDestinationRequest,
            "knowledge-base-request" => Self::KnowledgeBaseRequest,
            "call.endpointing.request" => Self::EndpointingRequest,
            "campaign.predial" => Self::CampaignPredial,
            "voice-request" => Self::VoiceRequest,
            "call.deleted" => Self::CallDeleted,
            _ => Self::Other,
        }
    }
}
