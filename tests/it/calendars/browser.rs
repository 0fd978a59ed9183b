//! The browser of a person who consents, and the page that they come back to.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Response, Url};

/// A browser that follows nothing by itself, and remembers one cookie.
pub(super) struct Browser {
    pub(super) http: reqwest::Client,
    pub(super) cookie: Option<String>,
}

/// An answer as a person sees it.
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) said: String,
    pub(super) response_headers: reqwest::header::HeaderMap,
}

impl Browser {
    pub(super) fn new() -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, cookie: None }
    }

    pub(super) async fn get(&self, url: &str) -> Response {
        let request = self.http.get(url);
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// Opens the link and says where it leads.
    pub(super) async fn open(&mut self, link: &str) -> Url {
        let opened = self.get(link).await;
        assert_eq!(opened.status(), 302);
        let cookie = opened.headers()[SET_COOKIE].to_str().unwrap();
        self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        Url::parse(opened.headers()[LOCATION].to_str().unwrap()).unwrap()
    }

    /// Opens the link and consents; says where Google sends the browser.
    pub(super) async fn consent(&mut self, link: &str) -> Url {
        let google = self.open(link).await;
        let asked = self.get(google.as_str()).await;
        Url::parse(asked.headers()[LOCATION].to_str().unwrap()).unwrap()
    }

    pub(super) async fn page(&self, url: &str) -> Page {
        page(self.get(url).await).await
    }
}

pub(super) async fn page(response: Response) -> Page {
    let (status, response_headers) = (response.status().as_u16(), response.headers().clone());
    let html = response.text().await.unwrap();
    let said = html.split("<p role=\"status\">").nth(1).and_then(|rest| rest.split("</p>").next());
    let said = said.unwrap_or_else(|| panic!("{status}: {html}")).to_owned();
    Page { status, said, response_headers }
}
