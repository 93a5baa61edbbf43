"""Addresses of the reading room: public, GET only."""

from django.urls import path

from . import api, embed, feeds, views

app_name = "qa"
urlpatterns = [
    path("", views.home, name="home"),
    path("topics/", views.topics, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("read/<slug:slug>/", views.publication, name="publication"),
    path("r/<int:number>/", views.short, name="short"),
    path("search/", views.search, name="search"),
    path("help-now/", views.help_now, name="help_now"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    # for programs
    path("feed.atom", feeds.atom, name="atom"),
    path("feed.json", feeds.json_feed, name="json_feed"),
    path("topics/<slug:slug>/feed.atom", feeds.atom, name="topic_atom"),
    path("topics/<slug:slug>/feed.json", feeds.json_feed, name="topic_json_feed"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap_index, name="sitemap"),
    path("sitemap-<int:part>.xml", feeds.sitemap, name="sitemap_part"),
    path("api/v1/openapi.json", api.description, name="api_description"),
    path("api/v1/topics/", api.topics, name="api_topics"),
    path("api/v1/publications/", api.publications, name="api_publications"),
    path("api/v1/publications/<slug:slug>/", api.publication, name="api_publication"),
    path("embed/<slug:slug>/", embed.card, name="embed"),
    path("oembed/", embed.oembed, name="oembed"),
]
