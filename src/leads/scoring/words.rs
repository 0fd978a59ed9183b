//! What single words are: denials, people, fillers, parts of the body. One look-up per word of a transcript.
//!
//! A word may be several things. English and Spanish stand side by side; a word that means different things in both is in
//! neither list unless its meaning here is the same. Spelt as [`super::tokens`] leaves them: lower case, no accents, no
//! apostrophes.

use std::collections::HashMap;
use std::ops::BitOr;
use std::sync::LazyLock;

use super::hash::Quick;

/// A set of properties of one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tags(u64);

impl Tags {
    /// Whether the word has any of these properties.
    pub const fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }
}

impl BitOr for Tags {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal: $words:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: Tags = Tags(1 << $bit);)*
        const LISTS: &[(Tags, &str)] = &[$(($name, $words)),*];
    };
}

tags! {
    /// Denies what follows.
    NEGATOR = 0: "not no never none nor neither without dont doesnt didnt wont wouldnt cant cannot isnt arent wasnt werent havent \
        hasnt hadnt aint couldnt shouldnt instead rather except hate hated cancel canceling cancelling cancelled canceled stopped quit nah nope \
        avoid against unlikely nunca tampoco sin ni ningun ninguna nada odio cancelar";
    /// After a negator: "not only", "not sure", "no problem", "don't you have": nothing is denied.
    HARMLESS = 1: "only just sure certain mind problem issue worries doubt question idea wait hesitate forget matter you i we \
        there actually sorry yes yeah ok okay but thats its for problema importa se ya solo tengo quiero quisiera";
    /// A new thought against the one before.
    CONTRAST = 2: "but however though although pero aunque sino";
    /// The caller.
    FIRST = 3: "i im id ive ill we weve wed were lets lemme imma yo quiero quisiera necesito nosotros tengo puedo pago voy";
    /// A subject after one of these belongs to the clause before it.
    BRIDGE = 4: "think thought know believe if whether that said says say sure feel guess thinks told me wants like mean que si creo crees";
    /// Somebody else.
    PERSON = 5: "sister sisters brother friend friends mom mum mother dad father husband wife daughter son boyfriend girlfriend partner boss \
        neighbor neighbour cousin aunt uncle coworker coworkers colleague roommate fiance fiancee niece nephew grandmother grandma ex bestie buddy \
        hubby mama kid kids trainer law coworker esthetician hairdresser stylist grandson granddaughter stepmom \
        hermana hermano amiga amigo amigas mama papa madre padre esposo esposa hija hijo novio novia prima primo tia tio cunada cunado suegra \
        jefa jefe vecina vecino abuela marido mujer companera nuera comadre";
    /// "She", "he".
    SHE = 6: "she he shes hes shed hed ella el";
    /// Before a person.
    OWNER = 7: "my her his our their a best the old younger older little big mi su nuestra nuestro una un la mejor other good";
    /// Before a person who is not the subject.
    PREPOSITION = 8: "with for to from about of by than like as me i bring con para a de por como";
    /// Something was done already.
    PAST_VERB = 9: "had saw got gotten did done tried received getting gave bought came hice puse pusieron hicieron hizo tuve puesto \
        hecho pusiste hiciste puso";
    /// "I had a question about Botox": nothing was done yet.
    NOT_DONE = 10: "question questions want wanted wanting wanna need like thinking wondering hoping looking ad card coupon to \
        interest interested quote planning considering recommended consider pregunta quiero quisiera gustaria get flyer email message text \
        wanting curious ask asking money cash budget bonus";
    /// A wish.
    WISH = 11: "want wanna need like love book interested looking schedule try get gotta getting quiero quisiera necesito gustaria busco \
        interesa agendar reservar sacar hacerme ponerme probar queria";
    /// May stand inside any phrase without changing it.
    SKIP = 12: "really just so very actually honestly totally absolutely kinda kind literally definitely super pretty basically \
        probably right well like also still even sort of please quite pues este eh muy ya bien mas oh yeah ok okay ah always mhm yep";
    /// A word of making an appointment.
    BUYING = 13: "want wanna need book booking booked appointment appointments appt schedule get come coming see slot slots opening openings availability available \
        spot spots fit squeeze do done like treatment session consult consultation have anything something somebody possible start botox filler \
        time times got take free cita citas agendar reservar espacio disponible lugar atender venir ir pasar quiero quisiera puedo pueden puede tienen \
        hay hacer hacerme ponerme appointments facial peel laser works";
    /// A sentence that holds one of these is not about when to buy.
    ELSEWHERE = 14: "directions address parking park parked lost driving traffic gps located map swollen swelling bleeding pain fever \
        infected infection breathing breathe hives vision cancel refund late closed closing hours vacation weather \
        complain lawyer resume hiring shift dumpster deadline invoice delivery door locked purse sunglasses charger wallet \
        manager supervisor complaint charged owner spas airpods taxes receipt direccion estacionamiento estacionar perdida perdido llegar trafico hinchada hinchado dolor sangre sangrando \
        fiebre cancelar reembolso cerrado horario respirar towing tow keys nursing record records close";
    /// A part of the body.
    BODY = 15: "face lip lips eye eyes eyelid eyelids eyebrow eyebrows brow brows cheek cheeks chin jaw jawline neck throat tongue mouth nose forehead temple temples skin \
        arm arms hand hands finger fingers leg legs thigh thighs calf stomach belly chest back armpit armpits bikini scalp head ear ears heart side spot area \
        body shoulder shoulders knee foot feet toe toes gland glands vein windpipe nostril gums teeth scar wound incision site underarm underarms groin \
        cara labio labios ojo ojos parpado parpados ceja cejas mejilla mejillas barbilla mandibula cuello garganta lengua boca nariz frente piel brazo \
        mano manos pierna piernas muslo pantorrilla estomago barriga pecho espalda axila axilas cabeza corazon lado zona pomulo pomulos area";
    /// What a part of the body should not be. Alone it proves little.
    WRONG = 16: "red redness purple purplish blue bluish black grey gray greyish white whitish green yellow dusky mottled blotchy pale lump lumps lumpy bump bumps blister \
        blisters blistered blistering hot burning burns burnt burned burn hurts hurt hurting throbbing throbs pounding stinging stings itchy itching itches sore tender \
        swollen swelling swelled puffy puffed numb numbness tingly tingling hard tight raised oozing weeping leaking pus gunk draining smells stinks scab scabs scabby \
        crusty crust peeling raw bleeding bleeds bled rash hives welts welt streak streaks fever chills shivery shivering dizzy lightheaded woozy faint fainted \
        nauseous nausea vomiting vomited blurry blurred drooping droopy droops dropped sagging heavy bruised bruise bruising boil abscess inflamed \
        infected infection pain painful ache aches aching headache migraine wheezing choking coughing swallow breathe breathing sick weak weakness limp paralyzed \
        patch patches stripes dark warm cold lacy marbled discolored sensation pimples ballooned shut split cracked stiff cramping spasms \
        roja rojo rojas rojos morada morado azul negra negro blanca blanco amarilla amarillo verde bola bolas bolita bolitas grano granos ampolla ampollas caliente quema quemando \
        quemado quemada quemadura quemaduras duele dolor dolia arde ardor ardiendo pica picazon comezon hinchada hinchado hinchados hinchadas hinchazon hincho inflamada inflamado inflamo \
        inflamados dormida dormido adormecida adormecido entumecida dura duro pus supura supurando costra sangre sangra sangrando sangrado ronchas roncha sarpullido fiebre escalofrios mareada mareado mareo \
        vomito vomitando nauseas borroso borrosa doble caido caida moreton moretones infeccion infectado infectada calentura palpitando punzadas palido palida";
    /// Money.
    MONEY = 17: "dollars dollar bucks hundred thousand grand pesos dolares cien cientos mil quinientos seiscientos setecientos ochocientos trescientos cuatrocientos doscientos novecientos";
    /// Opens a question.
    ASKER = 18: "does do did is are can could will would should how what when where why which who cuanto cuanta cuando como donde cual hacen tienen ofrecen puede puedo pueden";
    /// Something that may or may not happen.
    UNREAL = 19: "someday younger hypothetically lottery eventually theoretically wish loteria algun";
    /// "You".
    SECOND = 20: "you youre youve yall ustedes usted tu";
    /// When.
    DAY = 21: "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays lunes martes miercoles jueves viernes sabado domingo";
    /// What a person does with a treatment had before: it went wrong or it wore off.
    ASK_RISK = 22: "does will should how if risk risks chance chances causes worried afraid scared nervous avoid prevent case possible \
        common anyone people read heard expect what normally usually causa riesgo miedo preocupa normalmente saber supposed usual reading horror tiktok reddit article terrified";
    /// States that something is so.
    STATING = 23: "is are am im ive its shes hes theres looks feels woke keeps stop stopped isnt tengo esta estan tiene siento estoy";
    /// Denies a symptom.
    ABSENT = 24: "no not never dont doesnt didnt isnt arent without wasnt havent hasnt zero none sin nunca nada ningun ninguna tampoco ni";
    /// Between a denial and what it denies.
    LINK = 25: "any have had really much that see seen got a the too even or and of any bad no kind like been having all nor tengo tiene hay ha he";
    /// Not the caller's wish to buy, but dealing with an appointment or a treatment that is there.
    HOSTILE = 26: "refund lawyer attorney complaint ridiculous unacceptable rude robot";
    /// People and things in a list of wishes.
    JOINER = 27: "and or nor plus some a any maybe the y o ni e un una my with also el la";
    /// Takes gladness back.
    BACK = 28: "cant cannot not too expensive dont wont unfortunately later no couldnt pero caro cara";
    /// After a wish: undoing, not buying.
    UNDOING = 29: "removed dissolved dissolve fixed gone out off know refund ask reversed stopped remove reverse fix cancel cancelled complain back hablar";
    /// May begin a cue of a sour mood.
    MOOD = 31: "too cant not hate hated ridiculous jeez yikes stop sick waste awful terrible rude crazy frustrating annoyed annoying disappointed \
        upset angry scared worried depressing seriously ugh horrible robot carisimo caro harta harto molesta enojada pesimo";
    /// A number in words; "one" is more than that.
    NUMBER = 32: "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen \
        twenty thirty forty fifty sixty seventy eighty ninety oh dos tres cuatro cinco seis siete ocho nueve diez veinte treinta cuarenta cincuenta \
        sesenta setenta ochenta noventa ciento";
    /// May begin what puts a decision off.
    DOUBT = 33: "think talk mull pensarlo platicarlo consultarlo checarlo call get sleep shop shopping calling let lemme need gotta to not just \
        only maybe one lo le les no any";
    /// A relative thing: "it", "that", "one".
    AGAIN = 30: "it that some one again same more another too them try those this otra lo la eso igual number round session two three start second third fourth also done";
}

/// A word and its number in the compiled lexicon.
pub(super) static TAGS: LazyLock<HashMap<&'static str, Tags, Quick>> = LazyLock::new(|| {
    let mut all: HashMap<&'static str, Tags, Quick> = HashMap::default();
    for (tag, words) in LISTS {
        for word in words.split_ascii_whitespace() {
            let known = all.entry(word).or_default();
            *known = *known | *tag;
        }
    }
    all
});
