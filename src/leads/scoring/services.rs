//! Services and what callers, transcribers and Spanish speakers call them.
//!
//! The org's catalogue says what a service is worth; here stands only what else the same thing is called. An entry of the
//! catalogue takes the names of the concept it is, or holds ("Botox, per unit").

use std::collections::HashMap;

use super::Rule::{self, HighValueService, MediumService};
use super::Rules;
use super::hash::{ByNumber, number_of_word};
use super::lexicon::Hit;
use super::scope;
use super::tokens::{Break, Token, tokenize};

/// The few service stems said with "-ing" and "-ed"; "peeling" and "filling" are not services.
const STEMS: [&str; 5] = ["wax", "laser", "contour", "sculpt", "tan"];

/// A service named so near to a part of the body is what is wanted there.
const NAMED_WITHIN: usize = 8;

/// What an entry may be called, and what is said for it. `|` separates alternatives of one word.
#[rustfmt::skip]
const CONCEPTS: &[(&str, &str)] = &[
    ("botox,botulinum toxin,neurotoxin,tox,wrinkle relaxer", "botox,bottox,botax,botex,bowtox,boatox,botux,botoks,botocks,bo|bow|boat|bot|beau|vote|both|row|boats ox|tox|talks|tocks|tucks|talk|toks|axe|tops,baby botox,toxina,toxina botulinica,neurotoxin,tox,anti wrinkle injection,wrinkle injection,wrinkle shot,wrinkle relaxer,botulinum,micro botox,botox cosmetic,brow lift,botox lift,twenty|thirty|forty|fifty units,lines between my|the eyebrows|brows,lines|wrinkles on|in my forehead,arrugas de|en la frente,boutox,boatax,lip flip,masseter botox,the flip"),
    ("dysport", "dysport,disport,dis|this|dice|die|dies port|sport|poor,this port"),
    ("xeomin", "xeomin,zeomin,zeo|xeo|zio min|men|mean,zee o min,seomin,xiomin"),
    ("jeuveau", "jeuveau,juvo,jouveau,juveau,ju|jew|joo vo|veau|voh,newtox,new tox"),
    ("daxxify", "daxxify,daxify,daxi,dax|dacks if|ify i|eye,daxxi"),
    ("lip filler,lip injection,lip augmentation,lip enhancement,lips", "lip filler,lip fill,lip phil her,lip fill her,lip injection,lip augmentation,lip enhancement,lip plumping,lip plump,lip job,lips done,lips filled,lips plumped,lips injected,fuller lips,bigger lips,plumper lips,plump lips,fill|plump|do|inject|enhance my lips,filler in|for my|the lips,filler for lips,syringe lips,syringe of lips,syringe in|for my|the lips,one syringe lips,volume in my lips,volume to my lips,relleno de|en labios,relleno de|en los labios,labios,aumento de labios,rellenarme los labios,rellenar los labios,ponerme labios,lip|lips please,yeah lips,russian lips,for lips,plumped,my lips bigger|fuller|plumper,my lips a little bigger|fuller"),
    ("under eye filler,tear trough filler,tear trough", "under eye filler,tear|tier trough|trof|troph|troughs|drop,tear trough filler,filler under|for my|the eyes,filler under my eyes,undereye filler,fix|fill my under eye|eyes,under eye|eyes filled"),
    ("cheek filler", "cheek filler,cheekbone filler,cheeks filled|done,filler in|for my cheeks,relleno de|en pomulos,relleno de|en los pomulos,cheek augmentation"),
    ("filler,dermal filler,hyaluronic acid filler,injectables,injectable", "filler,dermal filler,another|one|two|three|half|a syringe,nasolabial folds,lines|folds around my mouth,chin|cheeks|jawline|temples done,plump my cheeks,fill in my lines|folds,smile|marionette lines,derma filler,phil|fill|fil her|er|or,feeler,filer,jaw|jawline|chin|nose|temple|smile|face filler,jawline contouring,liquid nose job,relleno,rellenos faciales,acido hialuronico,hialuronico,hyaluronic,injectable,smile lines filled|done,liquid facelift,nose job filler,lip and cheek filler,rinomodelacion"),
    ("juvederm", "juvederm,juvaderm,juva|juve|juvie|juvi|juvy|jova|duva|you|juvo derm|derma|durm|term,juve durm,you va|vie derm"),
    ("restylane", "restylane,restalane,restylin,rest|resta|resty|wrestle|rustle lane|line|lin|lain|elaine,rest a|of|uh lane|line"),
    ("sculptra", "sculptra,sculpture,skulptra,sculp|skulp|sculpt|scope tra|truh|tre,sculptor a"),
    ("radiesse", "radiesse,radiess,radiese,radi|radio|ready s|ess|es"),
    ("kybella", "kybella,kybela,double chin,kai|ky|kye|kiya|key bella|bela,double chin shot|injection|treatment,papada,chin fat,fat dissolving"),
    ("voluma", "voluma,vol uma,valuma,vollure,volbella,vol|ball bella"),
    ("laser hair removal,laser hair,hair removal", "laser hair removal,laser hair,hair removal,laser for|on my|the|upper|lip|hair|bikini|legs|underarms|chin|facial|back hair|face|legs|bikini|underarms|lip|chin|back|chest|removal|arms|armpits|hair,laser bikini,bikini laser,brazilian|underarm|leg|bikini|full|back|arm|chin laser,laser brazilian,hair laser,laser the hair,zap the|my|this|that hair,lasered hair,depilacion laser,depilacion con|de|en laser,depilacion,depilarme,depilar,quitarme el vello,electrolysis,hair lasered off,full legs laser,laser legs,laser my|the legs|bikini|underarms|face|chin|lip|back|armpits|beard|mustache|arms|toes|stomach,legs lasered,laser axilas,laser de|en las|los piernas|axilas|bikini|ingles|brazos,laser hare removal,laser air removal"),
    ("laser resurfacing,skin resurfacing,co2 laser,fractional laser,fraxel,halo,moxi,bbl", "laser resurfacing,resurfacing,fraxel,fraxl,co2,c o 2|two,co2 laser,halo laser,moxi,bbl,b b l,clear and brilliant,pico laser,pico,picosure,laser rejuvenation,laser genesis,erbium,laser facial,skin laser,laser facial resurfacing,spots lasered off,spots lasered,laser for my face spots"),
    ("laser,laser treatment,laser skin,lasers", "laser,lazer,laser treatment,lasered,lasering,laser therapy,laseres,laser session"),
    ("coolsculpting,cool sculpting,cryolipolysis,fat freezing", "coolsculpting,cool|cold|cole|kool|call|cools|cul sculpting|sculpt|scalping|sculpture|skulpting|scoping|culpting|sculpts|scalp|sculpton|esculpting|esculpin|escolpin|escolping|sculptin,coolsculpt,coolscupting,coolsculpture,coolsculpin,fat freezing,fat freeze,freeze my|the|off fat,freeze fat|my,freezing my|the fat,fat freezing thing,congelar|congela la grasa,criolipolisis,freeze your fat,cryolipolysis,freezing thing|one,the freezing,bra fat,back fat,muffin top,fat pockets,tru sculpt,cryo lipo"),
    ("emsculpt", "emsculpt,em|m|am|them sculpt|sculpting|sculp,emsculpting,emsculpt neo"),
    ("body contouring,body sculpting,body contour,fat reduction,liposuction", "body contouring,body sculpting,body contour,body sculpt,contouring,fat reduction,fat removal,lipo,liposuction,moldeo corporal,moldear el cuerpo,contorno corporal,modelado corporal,reduccion de grasa,reducir grasa,love handles,skin tightening for my stomach,belly fat,fat melting,lipolaser,lipo laser,sculpsure,trusculpt,vanquish,mommy makeover,liposuccion,lipoescultura"),
    ("full face", "full face rejuvenation,full face balancing,facial balancing"),
    ("liquid facelift", "liquid facelift,liquid face lift"),
    ("thread lift,pdo thread,threads,pdo threads", "thread lift,thread|threat|red|thred left|lift|lifts,pdo thread,p d o thread,pdo,threads,threadlift,hilos,hilos tensores,hilo tensor,face threads,facelift threads"),
    ("morpheus,morpheus8,morpheus 8,rf microneedling", "morpheus,morpheus 8|eight,morpheus8,morfius,morphius,morpheous,morphius eight|8,mor|more|moor|morph|morf|mar|morphe fius|phius|fus|fee|phyus|fears|feus|pheus|fees|fias|fious|us|ius,mor|more fee us,morfeus,morfeo,morfeus ocho,rf microneedling,r f microneedling,r f micro needling,rf micro needling,morpheus ocho,morfeus8,morfeo ocho,radiofrecuencia fraccionada"),
    ("ultherapy,ulthera", "ultherapy,ulthera,althera,ultherapi,ul|all|ultra|ulta|old|al|alt|ulth|olt therapy|thera|thérapy|terapi,ulterapia,ultraterapia,ultra sound lift,ultrasound lift,ul thera py,altherapy,oltherapy,ultrasonidos"),
    ("thermage", "thermage,thermaj,therm|third|firm age|mage,termage"),
    ("prp,platelet rich plasma,vampire facial", "prp,p r p,platelet rich plasma,platelet,plasma,vampire facial,vampire thing|treatment,vampire facelift,plasma rico en plaquetas,pierp,plaquetas,hair restoration"),
    ("microneedling,micro needling,skinpen", "microneedling,micro|mycro needling|needle|needles|needing|kneading|kneedling|kneeling|needlin,microneedle,microneedles,micronedling,skinpen,skin pen,micropuncion,microagujas,collagen induction,needling,derma pen,dermapen,microneedeling,microniidling"),
    ("hydrafacial,hydra facial,hydradermabrasion", "hydrafacial,hydra|hydro|hidra|high|hydrate|hydrated facial|fascial|dra|fishel|fashion,hydrofacial,hidrafacial,hidrofacial,hydro facial thing,hi|high dra facial,hydra face,hydra peel,hidra,hydra,hydrodermabrasion"),
    ("chemical peel,peel,vi peel,tca peel", "chemical|kemical|chem peel|pill|appeal|peal|peels,peel,vi|v|tca|jessner|glycolic|perfect|blue|salicylic peel,v i peel,t c a peel,un|el|hacerme|del|una peeling,peeling quimico,exfoliacion quimica,peeling de|con,peels"),
    ("dermaplaning,dermaplane", "dermaplaning,derma|dermo planing|plane|plaining|planning|plaining|planting|blading,dermaplane,dermablading,dermoplaning"),
    ("microdermabrasion", "microdermabrasion,micro derm|dermabrasion|derma,dermabrasion,diamond glow,diamondglow,microdermoabrasion"),
    ("ipl,photofacial,intense pulsed light", "ipl,i p l,photofacial,photo facial,foto facial,fotofacial,photo rejuvenation,luz pulsada,intense pulsed light"),
    ("brazilian wax", "brazilian,brazilian wax,bikini wax,brazillian"),
    ("wax,waxing", "wax,waxing,waxed,waxes,depilacion con|de|a cera,depilarme con cera,cera,eyebrow|brow|leg|lip|back|chest|full|eyebrows wax"),
    ("consultation,consult,free consultation", "consultation,consult,consults,consultacion,valoracion,evaluacion,consulta,consult appointment"),
    ("facial,signature facial,facials", "facial,facials,fascial,limpieza facial,limpieza de cutis,limpieza profunda,limpieza de|en la|mi cara|piel|rostro,faciales,acne|custom|signature|oxygen|led|express|deep facial,dermaplane facial,limpieza,facial express"),
    ("lash lift", "lash lift,lash tint,lash extension,lashes,lash lift and tint,pestanas"),
    ("brow lamination", "brow lamination,brows laminated,laminated brows,microblading,eyebrow tint,brow tint,micro blading"),
    ("touch up", "touch up,touchup"),
    ("skin tightening", "skin tightening,tighten my|the|up|this skin,tightening"),
    ("tattoo removal", "tattoo removal,remove|removing a|my|this|the tattoo,tattoo removed,tattoo off,take off a|my|this tattoo,quitarme un|el tatuaje,borrar un tatuaje"),
    ("membership", "membership,memberships,member ship,monthly plan,membresia,become a member,be a member"),
    ("iv therapy,iv drip,iv", "iv|i therapy|drip|infusion|hydration,iv,i v|vee therapy|drip,i v,drip,vitamin drip,hangover drip,vitamin iv,iv drip,myers cocktail,n a d,nad,suero,suero de vitaminas,sueros,terapia iv,infusion,eye v drip,glutathione,vitamin c drip,vitamin infusion"),
    ("b12,b12 shot,vitamin shot,semaglutide,weight loss", "b12,b twelve,b 12,vitamin shot,semaglutide,sema glue tide,weight loss shot|program|injection|shots,ozempic,tirzepatide,wegovy"),
    ("scalp treatment,hair treatment", "scalp treatment"),
    ("massage", "massage,massages,masaje,masajes"),
];

/// "I want the cheeks too": the place stands for what is done there.
#[rustfmt::skip]
const AREAS: &[(&str, &str)] = &[
    ("lip filler", "lips labios"),
    ("cheek filler", "cheeks cheekbones pomulos"),
    ("tear trough filler", "undereyes undereye hollows ojeras"),
    ("botox", "elevens crows forehead frown glabella gallo entrecejo"),
    ("filler", "jawline nasolabial folds temples marionette marionettes"),
    ("coolsculpting", "belly flanks tummy thighs moobs muffin panza lonjas llantitas abdomen papada stomach"),
    ("laser hair removal", "legs underarms bikini mustache armpits axilas piernas bigote"),
];

/// What a `MedSpa` usually offers, as (high value, medium).
pub(super) fn default_words() -> (Vec<String>, Vec<String>) {
    #[rustfmt::skip]
    const HIGH: &[&str] = &[
        "botox", "dysport", "xeomin", "jeuveau", "daxxify", "lip filler", "tear trough filler", "cheek filler", "filler", "juvederm", "restylane",
        "sculptra", "radiesse", "kybella", "voluma", "laser hair removal", "laser resurfacing", "laser", "coolsculpting", "emsculpt", "body contouring",
        "full face", "liquid facelift", "thread lift", "morpheus8", "ultherapy", "thermage", "prp",
    ];
    #[rustfmt::skip]
    const MEDIUM: &[&str] = &[
        "hydrafacial", "facial", "chemical peel", "microneedling", "dermaplaning", "microdermabrasion", "consultation", "ipl", "waxing", "brazilian wax",
        "lash lift", "brow lamination", "touch up", "skin tightening", "tattoo removal", "membership", "iv therapy",
    ];
    let owned = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
    (owned(HIGH), owned(MEDIUM))
}

#[derive(Debug)]
struct Name {
    rule: Rule,
    /// Which entry of the rules, high ones first.
    entry: usize,
    /// The numbers of the words that may follow, place by place.
    rest: Vec<Vec<u64>>,
}

/// The org's services by the first word of everything they are called.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// By the number of the first word.
    by_first: HashMap<u64, Vec<Name>, ByNumber>,
    by_area: HashMap<u64, (Rule, usize), ByNumber>,
}

/// A service found in a turn, and the entry it stands for.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub hit: Hit,
    pub entry: usize,
}

impl Services {
    /// Reads the rules' services. Names said for two of them stand for the first.
    pub fn of(rules: &Rules) -> Self {
        let mut services = Self::default();
        let high = rules.high_value.iter().map(|name| (HighValueService, name));
        let all: Vec<_> = high.chain(rules.medium.iter().map(|name| (MediumService, name))).collect();
        for (entry, (rule, name)) in all.iter().enumerate() {
            services.add(*rule, entry, words(name).into_iter().map(|word| vec![word]).collect());
        }
        for (entry, (rule, name)) in all.iter().enumerate() {
            for said in called(&words(name)) {
                services.add(*rule, entry, said);
            }
        }
        for (concept, areas) in AREAS {
            let done_there = tokenize(concept);
            let Some((rule, entry)) = services.at(&done_there, 0).map(|found| (found.hit.rule, found.entry))
            else {
                continue;
            };
            for area in areas.split(' ') {
                services.by_area.insert(number_of_word(area), (rule, entry));
            }
        }
        services
    }

    fn add(&mut self, rule: Rule, entry: usize, name: Vec<Vec<String>>) {
        let mut slots = name.into_iter();
        let Some(first) = slots.next() else { return };
        let numbers = |word: &String| inflected(word).into_iter().map(|word| number_of_word(&word));
        let rest: Vec<Vec<u64>> = slots.map(|choices| choices.iter().flat_map(numbers).collect()).collect();
        for word in first.iter().flat_map(|word| inflected(word)) {
            let known = self.by_first.entry(number_of_word(&word)).or_default();
            if !known.iter().any(|name| name.rest == rest) {
                known.push(Name { rule, entry, rest: rest.clone() });
            }
        }
    }

    /// A part of the body that the caller wants treated, where no service is named beside it.
    pub fn wanted_area(&self, tokens: &[Token<'_>], at: usize) -> Option<Found> {
        let (rule, entry) = *self.by_area.get(&tokens[at].number)?;
        // "Book the lips", and "book the not lips".
        let is_answer = tokens.len() - usize::from(scope::is_denied_at(tokens, at)) <= 4;
        if !is_answer && !scope::is_wanted(tokens, at) {
            return None;
        }
        let near = at.saturating_sub(NAMED_WITHIN)..tokens.len().min(at + NAMED_WITHIN);
        if near.into_iter().any(|other| self.at(tokens, other).is_some()) {
            return None;
        }
        let hit =
            Hit { rule, weak: false, idle: false, grave: false, line: 0, span: at..at + 1, void: false };
        Some(Found { hit, entry })
    }

    /// For each token the longest name that starts there.
    pub fn all(&self, tokens: &[Token<'_>]) -> Vec<Option<Found>> {
        (0..tokens.len()).map(|at| self.at(tokens, at)).collect()
    }

    /// The longest name that starts at token `at`.
    pub fn at(&self, tokens: &[Token<'_>], at: usize) -> Option<Found> {
        let names = self.by_first.get(&tokens[at].number)?;
        let follows = |name: &&Name| {
            let next = tokens.get(at + 1..=at + name.rest.len());
            next.is_some_and(|next| {
                name.rest
                    .iter()
                    .zip(next)
                    .all(|(choices, token)| token.before == Break::None && choices.contains(&token.number))
            })
        };
        let longest = names
            .iter()
            .filter(follows)
            .reduce(|best, name| if name.rest.len() > best.rest.len() { name } else { best })?;
        let span = at..at + 1 + longest.rest.len();
        let hit =
            Hit { rule: longest.rule, weak: false, idle: false, grave: false, line: 0, span, void: false };
        Some(Found { hit, entry: longest.entry })
    }
}

fn words(name: &str) -> Vec<String> {
    tokenize(name).iter().map(|token| token.word.to_string()).collect()
}

/// The word and its simple forms: plural, possessive, and for some "-ing".
fn inflected(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if word.len() > 2 {
        forms.extend([format!("{word}s"), format!("{word}es")]);
        forms.extend(word.strip_suffix('s').filter(|stem| stem.len() > 2).map(str::to_owned));
    }
    if STEMS.contains(&word) {
        forms.push(format!("{word}ing"));
    }
    forms
}

/// What is said for a service of this name, slot by slot.
fn called(name: &[String]) -> Vec<Vec<Vec<String>>> {
    let is_plural_of = |said: &str, known: &str| said == known || said.strip_suffix('s') == Some(known);
    let mut best: Option<(usize, &str)> = None;
    for (names, said) in CONCEPTS {
        for known in names.split(',') {
            let known: Vec<&str> = known.split(' ').collect();
            let held = name
                .windows(known.len())
                .any(|part| part.iter().zip(&known).all(|(a, b)| is_plural_of(a, b)));
            if held && best.is_none_or(|(length, _)| length < known.len()) {
                best = Some((known.len(), said));
            }
        }
    }
    let Some((_, said)) = best else { return vec![] };
    let slots = |phrase: &str| -> Vec<Vec<String>> {
        phrase.split(' ').map(|slot| slot.split('|').map(str::to_owned).collect()).collect()
    };
    said.split(',').map(slots).collect()
}
